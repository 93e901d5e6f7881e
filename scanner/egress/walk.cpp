#include "scanner/egress/walk.h"

#include <algorithm>
#include <utility>

#include "scanner/egress/text.h"

namespace sandlint {
namespace {

/// States that differ only in who decided are kept apart up to this many.
constexpr std::size_t kMostItems = 256;

void ForgetDecider(WalkState& state) {
  state.by = {};
  state.where = {};
  state.accepted_by.clear();
}

/// Consecutive matches of a rule, as one: fewer and smaller cuts.
Condition Together(const FlowRule& rule, std::size_t first, std::size_t last) {
  Condition all = rule.steps[first].conditions[0];
  for (std::size_t i = first + 1; i < last; ++i) {
    const Condition& next = rule.steps[i].conditions[0];
    all.sure = Intersect(all.sure, next.sure);
    all.possible = Intersect(all.possible, next.possible);
    if (all.doubt.empty()) all.doubt = next.doubt;
  }
  return all;
}

bool IsPlainMatch(const Step& step) {
  return step.kind == StepKind::Match && step.conditions.size() == 1 && !step.negated &&
         step.conditions[0].OnlyFlows();
}

}  // namespace

void AddItem(WalkItems& items, WalkItem item) {
  if (item.flows.Empty()) return;
  if (items.size() >= kMostItems) ForgetDecider(item.state);
  for (WalkItem& old : items) {
    if (old.state == item.state) {
      old.flows = Unite(old.flows, item.flows);
      return;
    }
  }
  items.push_back(std::move(item));
}

Walk::Walk(const Program& program, const EvaluationLimits& limits, bool names_deciders)
    : program_(program),
      limits_(limits),
      names_deciders_(names_deciders),
      work_at_start_(AlgebraWork()) {
  for (const Chain& chain : program.chains) {
    hit.emplace_back(chain.rules.size(), std::uint8_t{0});
    reached.emplace_back(chain.rules.size(), std::uint8_t{0});
  }
}

void Walk::Run(const FlowSet& space) {
  AddItem(left, {{}, space});
  for (const BaseChain& base : program_.bases) {
    if (gave_up) return;
    RunBase(base);
  }
  for (WalkItem& item : escaped_) AddItem(left, std::move(item));
}

bool Walk::Spent() {
  if (visits_ > limits_.visits || AlgebraWork() - work_at_start_ > limits_.work) gave_up = true;
  return gave_up;
}

/// Flows to loopback whose destination became another leave through a device that is not known.
void Walk::SetApartMoved(const BaseChain& base, WalkItem& item, WalkItems& passed) {
  const bool moved = (item.state.to_v4 || item.state.to_v6) && !item.state.device_is_loopback;
  if (!moved) return;
  const FlowSet unclear =
      Intersect(Intersect(item.flows, base.domain), FlowSet::OfInterfaces(kLoopbackDevice));
  if (unclear.Empty()) return;
  AddDoubt({base.chain, -1}, base.policy, "the device after rewriting");
  denied.push_back({item.state, unclear});
  AddItem(passed, {item.state, unclear});
  item.flows = Subtract(item.flows, unclear);
}

void Walk::RunBase(const BaseChain& base) {
  WalkItems inside;
  WalkItems passed;
  for (WalkItem& item : left) {
    if (!base.before_tracking && item.state.tracking == Tracking::Before) {
      item.state.tracking = Tracking::New;
    }
    if (base.after_routing && (item.state.to_v4 || item.state.to_v6)) {
      const bool loops = (item.state.to_v4 && IsLoopback({Family::V4, *item.state.to_v4})) ||
                         (item.state.to_v6 && IsLoopback({Family::V6, *item.state.to_v6}));
      item.state.device_is_loopback = loops;
    }
    if (base.nat && item.state.tracking == Tracking::Untracked) {
      AddItem(passed, std::move(item));
      continue;
    }
    if (base.after_routing) SetApartMoved(base, item, passed);
    AddItem(inside, {item.state, Intersect(item.flows, base.domain)});
    AddItem(passed,
            {item.state, base.doubt.empty() ? Subtract(item.flows, base.domain) : item.flows});
  }
  if (!base.doubt.empty() && !inside.empty()) AddDoubt({base.chain, -1}, base.policy, base.doubt);
  accepted_.clear();
  Result result = RunChain(base.chain, std::move(inside), 0);
  WalkItems undecided;
  for (WalkItem& item : result.fallen) {
    const auto pending = std::exchange(item.state.pending, std::nullopt);
    if (pending) {
      Deliver(item.state.by, item.state.where, *pending, {item});
    } else {
      undecided.push_back(std::move(item));
    }
  }
  Deliver({base.chain, -1}, base.policy, base.accepts, std::move(undecided));
  for (auto& [state, flows] : accepted_) AddItem(passed, {state, UniteAll(std::move(flows))});
  left = std::move(passed);
}

Walk::Result Walk::RunChain(int chain, WalkItems items, std::size_t depth) {
  Result result;
  if (depth > limits_.depth || chain < 0) {
    gave_up = true;
    return result;
  }
  const auto index = static_cast<std::size_t>(chain);
  const std::vector<FlowRule>& rules = program_.chains[index].rules;
  for (std::size_t i = 0; i < rules.size() && !items.empty(); ++i) {
    visits_ += items.size();
    if (Spent()) return result;
    for (const WalkItem& item : items) {
      if (item.flows.Size() > limits_.strips) gave_up = true;
    }
    reached[index][i] = 1;
    WalkItems next;
    RunRule({chain, static_cast<int>(i)}, rules[i], std::move(items), next, result.fallen, depth);
    items = std::move(next);
  }
  for (WalkItem& item : items) AddItem(result.fallen, std::move(item));
  return result;
}

void Walk::RunRule(RuleId id, const FlowRule& rule, WalkItems items, WalkItems& next,
                   WalkItems& fallen, std::size_t depth) {
  for (std::size_t i = 0; i < rule.steps.size() && !items.empty(); ++i) {
    const Step& step = rule.steps[i];
    if (step.kind == StepKind::Match) {
      items = RunMatch(id, rule, i, std::move(items), next);
    } else {
      hit[static_cast<std::size_t>(id.chain)][static_cast<std::size_t>(id.rule)] = 1;
      items = RunVerdict(id, step, std::move(items), next, fallen, depth);
    }
  }
  if (!items.empty())
    hit[static_cast<std::size_t>(id.chain)][static_cast<std::size_t>(id.rule)] = 1;
  for (WalkItem& item : items) AddItem(next, std::move(item));
}

WalkItems Walk::RunMatch(RuleId id, const FlowRule& rule, std::size_t& step, WalkItems items,
                         WalkItems& next) {
  const Step& match = rule.steps[step];
  Step joined;
  if (!names_deciders_ && IsPlainMatch(match)) {
    std::size_t end = step + 1;
    while (end < rule.steps.size() && IsPlainMatch(rule.steps[end])) ++end;
    if (end > step + 1) {
      joined.span = match.span;
      joined.conditions.push_back(Together(rule, step, end));
      step = end - 1;
    }
  }
  const Step& used = joined.conditions.empty() ? match : joined;
  WalkItems hits;
  for (WalkItem& item : items) {
    Cut cut = CutBy(used, item.state, item.flows);
    if (cut.doubtful) {
      const auto unsure = std::ranges::find_if(
          used.conditions, [](const Condition& condition) { return !condition.doubt.empty(); });
      AddDoubt(id, used.span, unsure == used.conditions.end() ? "a mark" : unsure->doubt);
    }
    AddItem(next, {item.state, std::move(cut.miss)});
    AddItem(hits, {std::move(item.state), std::move(cut.hit)});
  }
  return hits;
}

WalkItems Walk::RunChoose(RuleId id, const Step& step, WalkItems items, WalkItems& next,
                          WalkItems& fallen, std::size_t depth) {
  WalkItems on;
  for (const Branch& branch : step.branches) {
    WalkItems hits;
    WalkItems rest;
    for (WalkItem& item : items) {
      Cut cut = CutBy(branch.condition, item.state, item.flows);
      if (cut.doubtful) AddDoubt(id, step.span, branch.condition.doubt);
      AddItem(rest, {item.state, std::move(cut.miss)});
      AddItem(hits, {std::move(item.state), std::move(cut.hit)});
    }
    if (!hits.empty()) {
      for (WalkItem& item : RunVerdict(id, branch.verdict, std::move(hits), next, fallen, depth)) {
        AddItem(on, std::move(item));
      }
    }
    items = std::move(rest);
    if (items.empty() || Spent()) return on;
  }
  for (WalkItem& item : items) AddItem(next, std::move(item));
  return on;
}

void Walk::Accept(RuleId id, Span where, WalkItems items) {
  Deliver(id, where, true, std::move(items));
}
void Walk::Deny(RuleId id, Span where, WalkItems items) {
  Deliver(id, where, false, std::move(items));
}

void Walk::Deliver(RuleId id, Span where, bool accept, WalkItems items) {
  for (WalkItem& item : items) {
    item.state.pending.reset();
    if (names_deciders_) {
      if (accept) item.state.accepted_by.emplace_back(id, where);
      item.state.by = id;
      item.state.where = where;
    }
    if (!accept) {
      denied.push_back(std::move(item));
      continue;
    }
    const auto same = std::ranges::find_if(
        accepted_, [&](const auto& entry) { return entry.first == item.state; });
    if (same != accepted_.end()) {
      same->second.push_back(std::move(item.flows));
    } else {
      accepted_.emplace_back(std::move(item.state), std::vector<FlowSet>{std::move(item.flows)});
    }
  }
}

void Walk::AddDoubt(RuleId id, Span span, const std::string& word) {
  const auto same = std::ranges::find_if(
      doubts, [&](const EgressDoubt& doubt) { return doubt.rule == id && doubt.word == word; });
  if (same == doubts.end()) doubts.push_back({id, span, word});
}

}  // namespace sandlint
