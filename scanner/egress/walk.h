#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "scanner/egress/evaluate.h"

namespace sandlint {

/// What holds of some flows beside their headers, at one point of a walk.
struct WalkState {
  std::optional<std::uint32_t> mark = 0, ct_mark = 0;  ///< nothing: not known
  Tracking tracking = Tracking::Before;
  std::optional<Uint128> to_v4, to_v6;  ///< the destination after rewriting
  std::optional<std::uint16_t> to_port;
  bool device_is_loopback = false;  ///< rewritten to loopback and routed again
  std::optional<bool> pending;      ///< pf: what the last matching rule without quick said
  /// Only on the walk of a single flow: who decided.
  RuleId by;
  Span where;
  std::vector<std::pair<RuleId, Span>> accepted_by;

  bool Rewritten() const { return to_v4 || to_v6 || to_port; }
  friend bool operator==(const WalkState&, const WalkState&) = default;
};

struct WalkItem {
  WalkState state;
  FlowSet flows;
};
using WalkItems = std::vector<WalkItem>;

/// Adds flows; those in the same state become one item.
void AddItem(WalkItems& items, WalkItem item);

/// The walk of sets of flows through a program: every condition cuts the set in two.
class Walk {
 public:
  Walk(const Program& program, const EvaluationLimits& limits, bool names_deciders);
  void Run(const FlowSet& space);

  WalkItems left;                ///< what passed every base chain
  std::vector<WalkItem> denied;  ///< in no order, may overlap
  std::vector<EgressDoubt> doubts;
  std::vector<std::vector<std::uint8_t>> hit;  ///< by chain and rule: some flow matched
  std::vector<std::vector<std::uint8_t>> reached;
  bool gave_up = false;

 private:
  struct Result {
    WalkItems fallen;  ///< reached the end, or returned
  };
  void RunBase(const BaseChain& base);
  void SetApartMoved(const BaseChain& base, WalkItem& item, WalkItems& passed);
  Result RunChain(int chain, WalkItems items, std::size_t depth);
  /// Flows that go on with the next rule are added to `next`.
  void RunRule(RuleId id, const FlowRule& rule, WalkItems items, WalkItems& next, WalkItems& fallen,
               std::size_t depth);
  WalkItems RunMatch(RuleId id, const FlowRule& rule, std::size_t& step, WalkItems items,
                     WalkItems& next);
  WalkItems RunChoose(RuleId id, const Step& step, WalkItems items, WalkItems& next,
                      WalkItems& fallen, std::size_t depth);
  /// The flows that go on with the next step.
  WalkItems RunVerdict(RuleId id, const Step& step, WalkItems items, WalkItems& next,
                       WalkItems& fallen, std::size_t depth);
  void Accept(RuleId id, Span where, WalkItems items);
  void Deny(RuleId id, Span where, WalkItems items);
  void Deliver(RuleId id, Span where, bool accept, WalkItems items);
  void AddDoubt(RuleId id, Span span, const std::string& word);
  bool Spent();

  const Program& program_;
  const EvaluationLimits& limits_;
  bool names_deciders_;
  std::size_t visits_ = 0;
  std::size_t work_at_start_ = 0;
  std::vector<std::pair<WalkState, std::vector<FlowSet>>> accepted_;  ///< of the present base chain
  WalkItems escaped_;  ///< may leave whatever later base chains say
};

/// `flows` cut by a condition in a state: what may hold, and what may not.
struct Cut {
  FlowSet hit;
  FlowSet miss;
  bool doubtful = false;  ///< the two overlap
};
Cut CutBy(const Condition& condition, const WalkState& state, const FlowSet& flows);
Cut CutBy(const Step& match, const WalkState& state, const FlowSet& flows);

}  // namespace sandlint
