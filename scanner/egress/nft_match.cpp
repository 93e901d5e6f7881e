// Matches of a rule: selectors and concatenations against values, sets and masks.

#include "scanner/egress/nft_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "scanner/egress/nft_flows.h"

namespace sandlint {
namespace {

std::vector<NftField> FieldsOf(const NftExpr& left) {
  std::vector<NftField> out;
  if (left.kind == NftKind::Concat) {
    for (const NftExpr& part : left.parts) out.push_back(FieldOf(part));
  } else {
    out.push_back(FieldOf(left));
  }
  return out;
}

NftElements Single(const NftExpr& expr) {
  NftElements out;
  out.list.push_back(&expr);
  return out;
}

const NftExpr& KeyOf(const NftExpr& element) {
  const NftExpr& expr = Resolved(element);
  return expr.kind == NftKind::Pair ? Resolved(expr.parts[0]) : expr;
}

/// `a . b` of an element against the parts of the left side.
Condition ConcatCondition(const std::vector<NftField>& fields, const NftExpr& key,
                          NftContext& context) {
  if (key.kind == NftKind::Any) return Always(true);
  if (key.kind != NftKind::Concat || key.parts.size() != fields.size()) {
    context.Refuse(key.span, "this element has other parts than the left side");
    return Perhaps(FlowSet::All(), "an element that does not fit");
  }
  Condition out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Condition part = ConditionOf(fields[i], {}, Single(key.parts[i]), context);
    out = i == 0 ? part : Both(out, part);
  }
  return out;
}

/// Elements that differ in their address alone, as one: 100,000 pairs of address and port are few
/// ports.
std::vector<Condition> GroupedConditions(const std::vector<NftField>& fields,
                                         const std::vector<const NftExpr*>& elements,
                                         NftContext& context) {
  std::vector<Condition> out;
  const auto address =
      std::ranges::find(fields, NftWhat::Address, &NftField::what) - fields.begin();
  std::map<std::string, std::vector<const NftExpr*>> groups;
  for (const NftExpr* element : elements) {
    const NftExpr& key = KeyOf(*element);
    std::string rest;
    if (key.kind != NftKind::Concat || key.parts.size() != fields.size() ||
        address == std::ssize(fields)) {
      Condition one = ConcatCondition(fields, key, context);
      if (element->expires) one = Both(one, Perhaps(FlowSet::All(), "elements come and go"));
      out.push_back(std::move(one));
      continue;
    }
    for (std::size_t i = 0; i < key.parts.size(); ++i) {
      if (static_cast<std::ptrdiff_t>(i) != address) {
        rest +=
            std::string(Resolved(key.parts[i]).span.Text()) + Resolved(key.parts[i]).text + "\n";
      }
    }
    groups[rest + (element->expires ? "~" : "")].push_back(element);
  }
  for (const auto& [rest, members] : groups) {
    NftElements addresses;
    for (const NftExpr* member : members) {
      addresses.list.push_back(&KeyOf(*member).parts[static_cast<std::size_t>(address)]);
    }
    addresses.expire = members.front()->expires;
    Condition one = Always(true);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool here = static_cast<std::ptrdiff_t>(i) == address;
      const NftElements part = here ? addresses : Single(KeyOf(*members.front()).parts[i]);
      const Condition next = ConditionOf(fields[i], {}, part, context);
      one = i == 0 ? next : Both(one, next);
    }
    out.push_back(std::move(one));
  }
  return out;
}

Condition AnyOf(const std::vector<Condition>& conditions) {
  std::vector<FlowSet> sure;
  std::vector<FlowSet> possible;
  Condition out;
  for (const Condition& condition : conditions) {
    sure.push_back(condition.sure);
    possible.push_back(condition.possible);
    if (out.doubt.empty()) out.doubt = condition.doubt;
  }
  out.sure = UniteAll(std::move(sure));
  out.possible = UniteAll(std::move(possible));
  return out;
}

Step ConcatMatch(const NftStatement& statement, NftContext& context) {
  const std::vector<NftField> fields = FieldsOf(statement.left);
  const NftElements elements = ElementsOf(statement.right, context);
  Step step;
  step.kind = StepKind::Match;
  step.negated = statement.op == "!=";
  step.domain = DomainOfLeft(statement.left);
  step.conditions = GroupedConditions(fields, elements.list, context);
  if (elements.missing || elements.open || elements.expire) {
    step.conditions.push_back(
        Perhaps(step.domain, elements.open ? FilledText(elements) : "the set"));
  }
  if (!std::ranges::all_of(step.conditions, &Condition::OnlyFlows)) return step;
  Condition any = AnyOf(step.conditions);
  any.sure = Intersect(any.sure, step.domain);
  any.possible = Intersect(any.possible, step.domain);
  if (step.negated) {
    std::swap(any.sure, any.possible);
    any.sure = Subtract(step.domain, any.sure);
    any.possible = Subtract(step.domain, any.possible);
  }
  step.conditions = {std::move(any)};
  step.negated = false;
  step.domain = FlowSet::All();
  return step;
}

/// What the operator means: a bare value of a bitmask type tests bits, everything else equality.
NftTest TestOf(const NftStatement& statement, const NftField& field, const NftElements& right) {
  NftTest test;
  if (!statement.op.empty()) test.op = statement.op;
  const bool value = !right.literal && right.set == nullptr;
  if (!IsBitmask(field.type) || !value) return test;
  if (Resolved(statement.right).kind == NftKind::Not) {
    test.no_bits = true;
  } else if (statement.op.empty() && field.changes.empty()) {
    test.bits = true;
  }
  return test;
}

std::string CacheKey(const NftStatement& statement) {
  return fmt::format("{}\n{}\n{}", statement.left.text, statement.left.span.Text(), statement.op);
}

}  // namespace

FlowSet DomainOfLeft(const NftExpr& left) {
  FlowSet out = FlowSet::All();
  for (const NftField& field : FieldsOf(Resolved(left))) out = Intersect(out, field.domain);
  return out;
}

NftElements ElementsOf(const NftExpr& right, NftContext& context) {
  const NftExpr& expr = Resolved(right);
  NftElements out;
  const std::vector<NftExpr>* list = nullptr;
  if (expr.kind == NftKind::Set) {
    out.literal = true;
    list = &expr.parts;
  } else if (expr.kind == NftKind::SetName) {
    out.set = context.table == nullptr ? nullptr : context.table->FindSet(expr.text);
    if (out.set == nullptr) {
      out.missing = true;
      context.Refuse(expr.span, fmt::format("there is no set {} in this table", expr.text));
      return out;
    }
    list = &out.set->elements;
    out.open = out.set->filled_by_rules;
    out.expire = out.set->spec.has_timeout;
  }
  if (list == nullptr) {
    out.list.push_back(&expr);
    return out;
  }
  // Lists within the list, as definitions bring them.
  std::vector<const NftExpr*> work;
  for (auto it = list->rbegin(); it != list->rend(); ++it) work.push_back(&*it);
  for (std::size_t visits = 0; !work.empty(); ++visits) {
    const NftExpr* element = work.back();
    work.pop_back();
    const NftExpr& inner = Resolved(*element);
    if (inner.kind == NftKind::Set && visits < 4'000'000) {
      for (auto it = inner.parts.rbegin(); it != inner.parts.rend(); ++it) work.push_back(&*it);
    } else {
      out.list.push_back(element);
    }
    if (visits >= 4'000'000) out.open = true;
    if (visits >= 8'000'000) break;
  }
  // A named set that the file leaves empty is there to be filled at run time.
  const bool dynamic = out.set != nullptr && HasNftFlag(out.set->spec, "dynamic");
  if (out.set != nullptr && (out.list.empty() || dynamic)) out.open = true;
  return out;
}

std::string FilledText(const NftElements& elements) {
  if (elements.set == nullptr) return "the set is filled at run time";
  return fmt::format("the set {} is {}filled at run time", elements.set->name,
                     elements.list.empty() ? "empty here and " : "");
}

bool HasNftFlag(const NftSetSpec& spec, std::string_view flag) {
  return std::ranges::find(spec.flags, flag) != spec.flags.end();
}

Condition KeyCondition(const NftExpr& left, const NftExpr& key, NftContext& context) {
  const NftExpr& expr = Resolved(left);
  Condition out;
  if (expr.kind == NftKind::Concat) {
    out = ConcatCondition(FieldsOf(expr), KeyOf(key), context);
  } else {
    out = ConditionOf(FieldOf(expr), {}, Single(KeyOf(key)), context);
  }
  if (key.expires) out = Both(out, Perhaps(FlowSet::All(), "elements come and go"));
  return out;
}

Step MatchOf(const NftStatement& statement, NftContext& context) {
  const NftExpr& left = Resolved(statement.left);
  Step step;
  if (left.kind == NftKind::Concat) {
    step = ConcatMatch(statement, context);
  } else {
    step.kind = StepKind::Match;
    NftField field = FieldOf(left);
    NftExpr masked;
    const NftExpr* right = &statement.right;
    if (right->kind == NftKind::Binary && right->text == "/") {  // value / mask
      const NftValues mask = ValuesOf(right->parts[1], field.type);
      field.changes.emplace_back("&", mask.sure.size() == 1 ? mask.sure[0].first : 0);
      masked = right->parts[0];
      right = &masked;
    }
    NftElements elements = ElementsOf(*right, context);
    const NftTest test = TestOf(statement, field, elements);
    if (test.no_bits) elements.list = {&Resolved(*right).parts[0]};
    const auto key = std::pair(elements.set, CacheKey(statement));
    const auto cached = context.cache.find(key);
    if (elements.set != nullptr && cached != context.cache.end()) {
      step.conditions.push_back(cached->second.condition);
      context.mentions.subject = std::max(context.mentions.subject, cached->second.named);
    } else {
      const Answer before = std::exchange(context.mentions.subject, Answer::No);
      step.conditions.push_back(ConditionOf(field, test, elements, context));
      if (elements.set != nullptr)
        context.cache[key] = {step.conditions.back(), context.mentions.subject};
      context.mentions.subject = std::max(context.mentions.subject, before);
    }
  }
  step.span = statement.span;
  for (Condition& condition : step.conditions) {
    if (!condition.doubt.empty()) {
      condition.doubt = fmt::format("{} ({})", statement.left.span.Text(), condition.doubt);
    }
  }
  return step;
}

}  // namespace sandlint
