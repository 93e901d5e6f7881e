#include "scanner/egress/evaluate.h"

#include <algorithm>

#include "scanner/egress/walk.h"

namespace sandlint {
namespace {

FlowSet Loopback() {
  const FlowSet v4 =
      FlowSet::OfAddresses(Family::V4, {{Uint128{127} << 24, (Uint128{128} << 24) - 1}});
  return Unite(v4, FlowSet::OfAddresses(Family::V6, {{1, 1}}));
}

FlowSet FlowsOf(WalkItems& items) {
  std::vector<FlowSet> sets;
  for (WalkItem& item : items) sets.push_back(std::move(item.flows));
  return UniteAll(std::move(sets));
}

/// The last rule that said accept; where none did, the last policy.
std::pair<RuleId, Span> Headline(const std::vector<std::pair<RuleId, Span>>& accepted_by) {
  for (auto it = accepted_by.rbegin(); it != accepted_by.rend(); ++it) {
    if (it->first.rule >= 0) return *it;
  }
  return accepted_by.empty() ? std::pair<RuleId, Span>{} : accepted_by.back();
}

void Arrive(const WalkState& state, FlowDecision& decision) {
  const auto& address = decision.arrives.family == Family::V4 ? state.to_v4 : state.to_v6;
  decision.rewritten = address.has_value() || state.to_port.has_value();
  if (address) decision.arrives.address = *address;
  if (state.to_port) decision.arrives.port = *state.to_port;
}

/// Could the rule match anything that its chain's table sees, if it were the only one? Rules that
/// test marks or the state of a connection are left out: they may be meant for later packets.
bool CanMatch(const FlowRule& rule, const FlowSet& space) {
  FlowSet left = space;
  for (const Step& step : rule.steps) {
    if (step.kind != StepKind::Match) continue;
    FlowSet any;
    for (const Condition& condition : step.conditions) {
      if (!condition.OnlyFlows()) return false;
      any = Unite(any, condition.possible);
    }
    left = step.negated ? left : Intersect(left, any);
  }
  return !left.Empty();
}

std::vector<RuleId> ShadowedRules(const Program& program, const Walk& walk, const FlowSet& space) {
  std::vector<RuleId> out;
  for (std::size_t chain = 0; chain < program.chains.size(); ++chain) {
    if (walk.reached[chain].empty() || walk.reached[chain][0] == 0) continue;
    for (std::size_t rule = 0; rule < program.chains[chain].rules.size(); ++rule) {
      if (walk.hit[chain][rule] == 0 && CanMatch(program.chains[chain].rules[rule], space)) {
        out.push_back({static_cast<int>(chain), static_cast<int>(rule)});
      }
    }
  }
  return out;
}

std::vector<RuleId> HitRules(const Walk& walk) {
  std::vector<RuleId> out;
  for (std::size_t chain = 0; chain < walk.hit.size(); ++chain) {
    for (std::size_t rule = 0; rule < walk.hit[chain].size(); ++rule) {
      if (walk.hit[chain][rule] != 0) {
        out.push_back({static_cast<int>(chain), static_cast<int>(rule)});
      }
    }
  }
  return out;
}

Answer NamesSubject(const Program& program, const Walk& walk) {
  Answer names = Answer::No;
  for (std::size_t chain = 0; chain < program.chains.size(); ++chain) {
    const std::vector<FlowRule>& rules = program.chains[chain].rules;
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
      if (walk.reached[chain][rule] != 0) names = std::max(names, rules[rule].names_subject);
    }
  }
  return names;
}

}  // namespace

FlowSet OrdinarySpace() {
  const FlowSet loopback = Loopback();
  return Unite(Intersect(loopback, FlowSet::OfInterfaces(kLoopbackDevice)),
               Subtract(FlowSet::OfInterfaces(~kLoopbackDevice), loopback));
}

FlowVerdict EvaluateAll(const Program& program, const FlowSet& space,
                        const EvaluationLimits& limits) {
  Walk walk(program, limits, false);
  walk.Run(space);
  FlowVerdict out;
  out.doubts = std::move(walk.doubts);
  out.gave_up = walk.gave_up;
  out.names_subject = NamesSubject(program, walk);
  if (walk.gave_up) {
    out.uncertain = space;
    return out;
  }
  out.shadowed = ShadowedRules(program, walk, space);
  out.hit = HitRules(walk);
  const FlowSet left = FlowsOf(walk.left);
  const FlowSet denied = FlowsOf(walk.denied);
  out.uncertain = Intersect(left, denied);
  out.allow = Subtract(left, denied);
  out.deny = Subtract(denied, left);
  return out;
}

FlowDecision Decide(const Program& program, const Flow& flow, const EvaluationLimits& limits) {
  FlowDecision out = Decide(program, FlowSet::Of(flow), limits);
  if (!out.rewritten) out.arrives = flow;
  return out;
}

FlowDecision Decide(const Program& program, const FlowSet& flows, const EvaluationLimits& limits) {
  Walk walk(program, limits, true);
  walk.Run(flows);
  FlowDecision out;
  out.arrives = flows.Witness().value_or(Flow{});
  out.doubts = std::move(walk.doubts);
  if (walk.gave_up) {
    out.doubts.push_back({{}, {}, "the rules are too many or too deep to evaluate"});
    return out;
  }
  if (!walk.left.empty()) {
    const WalkState& state = walk.left.front().state;
    out.accepted_by = state.accepted_by;
    std::tie(out.decided_by, out.where) = Headline(state.accepted_by);
    Arrive(state, out);
  }
  if (walk.denied.empty()) {
    out.answer = Answer::Yes;
    return out;
  }
  out.decided_by = walk.denied.front().state.by;
  out.where = walk.denied.front().state.where;
  if (walk.left.empty()) {
    out.answer = Answer::No;
  } else if (out.doubts.empty()) {
    out.doubts.push_back({out.decided_by, out.where, "it depends on the address or the device"});
  }
  return out;
}

}  // namespace sandlint
