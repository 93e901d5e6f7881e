#pragma once

#include <string>
#include <vector>

#include "scanner/egress/program.h"

namespace sandlint {

/// Past one of these the answer is uncertain, never wrong.
struct EvaluationLimits {
  std::size_t strips = 2'000'000;  ///< in one set
  std::size_t visits = 2'000'000;  ///< of rules
  std::size_t work = 40'000'000;   ///< as AlgebraWork counts it
  std::size_t depth = 64;          ///< of jumps
};

/// What kept an evaluation from being certain.
struct EgressDoubt {
  RuleId rule;
  Span span;
  std::string word;
};

/// What became of every flow of a space. The three are disjoint.
struct FlowVerdict {
  FlowSet allow;
  FlowSet deny;
  FlowSet uncertain;
  std::vector<EgressDoubt> doubts;  ///< once each
  std::vector<RuleId> shadowed;  ///< no flow gets there, or earlier rules take all that it matches
  std::vector<RuleId> hit;       ///< rules that some flow matches, or may match
  /// Does a rule that some flow gets to name the user for whom the program was compiled?
  Answer names_subject = Answer::No;
  bool gave_up = false;  ///< a limit was hit: everything is uncertain
};

/// What becomes of one flow.
struct FlowDecision {
  Answer answer = Answer::Unknown;  ///< Yes: it leaves
  RuleId decided_by;                ///< the rule whose verdict counts; rule -1: the policy
  Span where;                       ///< its verdict
  std::vector<std::pair<RuleId, Span>> accepted_by;  ///< one for each base chain that it passed
  std::vector<EgressDoubt> doubts;
  Flow arrives;  ///< the flow after rewriting
  bool rewritten = false;
};

/// Loopback addresses through `lo`, all others through any other device.
FlowSet OrdinarySpace();

FlowVerdict EvaluateAll(const Program& program, const FlowSet& space = OrdinarySpace(),
                        const EvaluationLimits& limits = {});
FlowDecision Decide(const Program& program, const Flow& flow, const EvaluationLimits& limits = {});
/// One question about flows that need not be told apart (a device that is not known, a name that
/// can be any address): yes or no only where all of them share the fate.
FlowDecision Decide(const Program& program, const FlowSet& flows,
                    const EvaluationLimits& limits = {});

}  // namespace sandlint
