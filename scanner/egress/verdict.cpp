#include <utility>

#include "scanner/egress/walk.h"

namespace sandlint {
namespace {

std::optional<std::uint32_t> Changed(const Step& step, std::optional<std::uint32_t> mark) {
  if (!step.known) return std::nullopt;
  if (step.keep == 0) return step.flip;
  if (!mark) return std::nullopt;
  return (*mark & step.keep) ^ step.flip;
}

/// Steps that change what holds of a flow and let it go on.
bool Change(const Step& step, WalkState& state) {
  switch (step.kind) {
    case StepKind::SetMark:
      state.mark = Changed(step, state.mark);
      return true;
    case StepKind::SetCtMark:
      state.ct_mark = Changed(step, state.ct_mark);
      return true;
    case StepKind::SaveMark:
      state.ct_mark = state.mark;
      return true;
    case StepKind::LoadMark:
      state.mark = state.ct_mark;
      return true;
    case StepKind::Untrack:
      if (state.tracking == Tracking::Before) state.tracking = Tracking::Untracked;
      return true;
    default:
      return false;
  }
}

void Rewrite(const Step& step, WalkItems& items) {
  for (WalkItem& item : items) {
    if (step.to_v4) item.state.to_v4 = step.to_v4;
    if (step.to_v6) item.state.to_v6 = step.to_v6;
    if (step.to_port) item.state.to_port = step.to_port;
  }
}

void MoveAll(WalkItems& from, WalkItems& to) {
  for (WalkItem& item : from) AddItem(to, std::move(item));
  from.clear();
}

}  // namespace

WalkItems Walk::RunVerdict(RuleId id, const Step& step, WalkItems items, WalkItems& next,
                           WalkItems& fallen, std::size_t depth) {
  switch (step.kind) {
    case StepKind::Accept:
      Accept(id, step.span, std::move(items));
      return {};
    case StepKind::Drop:
      Deny(id, step.span, std::move(items));
      return {};
    case StepKind::Unclear:
      AddDoubt(id, step.span, step.word);
      for (WalkItem item : items) {
        if (names_deciders_) item.state.accepted_by.emplace_back(id, step.span);
        AddItem(escaped_, std::move(item));
      }
      Deny(id, step.span, std::move(items));
      return {};
    case StepKind::Return:
      MoveAll(items, fallen);
      return {};
    case StepKind::Continue:
      MoveAll(items, next);
      return {};
    case StepKind::Jump:
    case StepKind::Goto: {
      Result result = RunChain(step.chain, std::move(items), depth + 1);
      MoveAll(result.fallen, step.kind == StepKind::Jump ? next : fallen);
      return {};
    }
    case StepKind::Choose:
      return RunChoose(id, step, std::move(items), next, fallen, depth);
    case StepKind::Rewrite:
      Rewrite(step, items);
      Accept(id, step.span, std::move(items));
      return {};
    case StepKind::Pending:
      for (WalkItem& item : items) {
        item.state.pending = step.accepts;
        if (names_deciders_) {
          item.state.by = id;
          item.state.where = step.span;
        }
      }
      return items;
    default:
      break;
  }
  WalkItems changed;
  for (WalkItem& item : items) {
    Change(step, item.state);
    AddItem(changed, std::move(item));
  }
  return changed;
}

}  // namespace sandlint
