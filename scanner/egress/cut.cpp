#include <algorithm>

#include "scanner/egress/text.h"
#include "scanner/egress/walk.h"

namespace sandlint {
namespace {

bool Passes(const NumberTest& test, std::uint32_t number) {
  const std::uint32_t value = (number & test.mask) ^ test.flip;
  return std::ranges::any_of(test.ranges, [&](const NumberRange& range) {
    return range.first <= value && value <= range.last;
  });
}

/// Yes, no, or not known.
std::optional<bool> Holds(const std::optional<NumberTest>& test,
                          const std::optional<std::uint32_t>& number) {
  if (!test) return true;
  if (!number) return std::nullopt;
  return Passes(*test, *number);
}

/// What holds of one of `devices`, of every device.
FlowSet OnAnyDevice(const FlowSet& set, Interfaces devices = kLoopbackDevice) {
  FlowSet out;
  for (Slab slab : set.Slabs()) {
    if ((slab.head.interfaces & devices) == 0) continue;
    slab.head.interfaces = kAllInterfaces;
    out = Unite(out, FlowSet::Of(std::move(slab)));
  }
  return out;
}

/// The flows that a test of `set` lets through once their destination has been rewritten.
FlowSet Rewound(const FlowSet& set, const WalkState& state, bool routed) {
  FlowSet out = set;
  const auto before = [&](Family family, const std::optional<Uint128>& address) {
    if (!routed || !address) return Preimage(set, family, address, state.to_port);
    const bool loops = IsLoopback({family, *address});
    return Preimage(OnAnyDevice(set, loops ? kLoopbackDevice : ~kLoopbackDevice), family, address,
                    state.to_port);
  };
  if (state.Rewritten()) {
    out = Unite(before(Family::V4, state.to_v4), before(Family::V6, state.to_v6));
  }
  return state.device_is_loopback ? OnAnyDevice(out) : out;
}

}  // namespace

Cut CutBy(const Condition& condition, const WalkState& state, const FlowSet& flows) {
  const auto mark = Holds(condition.mark, state.mark);
  const auto ct_mark = Holds(condition.ct_mark, state.ct_mark);
  const bool tracked =
      !condition.tracking || (*condition.tracking & static_cast<std::uint8_t>(state.tracking)) != 0;
  if (mark == false || ct_mark == false || !tracked) return {{}, flows, false};

  const bool rewritten = !condition.original && (state.Rewritten() || state.device_is_loopback);
  const FlowSet possible =
      rewritten ? Rewound(condition.possible, state, condition.routed) : condition.possible;
  Cut cut;
  cut.hit = Intersect(flows, possible);
  if (!mark || !ct_mark) {
    cut.miss = flows;
  } else {
    cut.miss = Subtract(
        flows, rewritten ? Rewound(condition.sure, state, condition.routed) : condition.sure);
  }
  const bool exact = mark && ct_mark && condition.doubt.empty();
  cut.doubtful = !exact && !Intersect(cut.hit, cut.miss).Empty();
  return cut;
}

Cut CutBy(const Step& match, const WalkState& state, const FlowSet& flows) {
  if (match.conditions.size() == 1 && !match.negated) {
    return CutBy(match.conditions[0], state, flows);
  }
  Condition domain;
  domain.sure = domain.possible = match.domain;
  const Cut inside = CutBy(domain, state, flows);
  // What may match one of the alternatives, and what may match none.
  Cut any;
  any.miss = inside.hit;
  for (const Condition& condition : match.conditions) {
    const Cut one = CutBy(condition, state, inside.hit);
    any.hit = Unite(any.hit, one.hit);
    any.miss = Intersect(any.miss, one.miss);
    any.doubtful = any.doubtful || one.doubtful;
  }
  if (match.negated) std::swap(any.hit, any.miss);
  any.miss = Unite(any.miss, inside.miss);
  return any;
}

}  // namespace sandlint
