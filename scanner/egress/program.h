#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/support.h"
#include "scanner/egress/boxes.h"
#include "scanner/egress/subject.h"

namespace sandlint {

// What a firewall compiles to, whatever its syntax. A compiler (nft, pf, iptables) turns a file
// into a Program for one user; evaluate.h runs it. The contract:
//
// - A rule is a list of steps, walked from left to right. A Match lets through what it matches; the
//   rest goes on with the next rule. Verdicts end the walk.
// - A condition that cannot be decided has `sure` smaller than `possible`: what is possible and not
//   sure goes both ways, and ends as uncertain where the two ways differ. Never leave a condition
//   out, and never widen `sure` beyond what is proven.
// - A word that is not understood becomes a Match with `sure` empty and `possible` all (or what its
//   known part allows), with the word as `doubt`; a verdict that is not understood becomes Unclear.
// - Facts of the asking process (uid, gid) are fixed before: such a condition compiles to all or
//   nothing. Socket options that need privileges (SO_MARK) are taken as unset.
// - What a rule tests is the first packet of a new flow that a local process sends.

/// Interfaces by name: the bit of each name that a ruleset mentions.
class InterfaceNames {
 public:
  /// `lo` is bit 0. Nothing when there are too many names: the condition is then undecidable.
  std::optional<std::uint8_t> Find(std::string_view name);
  /// The bits whose names start with `prefix`. A device that no rule names may start so too: see
  /// `others`.
  Interfaces WithPrefix(std::string_view prefix) const;
  /// Every bit without a name: devices that no rule names.
  Interfaces Unnamed() const { return ~((Interfaces{1} << names_.size()) - 1); }
  std::size_t Count() const { return names_.size(); }
  std::string NameAt(std::uint8_t bit) const;

 private:
  std::vector<std::string> names_{"lo"};
};

struct NumberRange {
  std::uint32_t first = 0;
  std::uint32_t last = ~std::uint32_t{0};
};

/// (number & mask) ^ flip lies in one of `ranges`.
struct NumberTest {
  std::uint32_t mask = ~std::uint32_t{0};
  std::uint32_t flip = 0;
  std::vector<NumberRange> ranges;
};

/// What connection tracking says of the first packet of a new flow.
enum class Tracking : std::uint8_t {
  Before = 1,     ///< not looked at yet: nft calls that invalid
  New = 2,        ///< the usual state
  Untracked = 4,  ///< after notrack
};

/// All parts must hold.
struct Condition {
  FlowSet sure = FlowSet::All();
  FlowSet possible = FlowSet::All();     ///< a superset of `sure`
  std::optional<NumberTest> mark;        ///< of the packet
  std::optional<NumberTest> ct_mark;     ///< of the connection
  std::optional<std::uint8_t> tracking;  ///< the Tracking states that pass, as bits
  bool original = false;                 ///< tests the destination as it was before any rewriting
  bool routed = false;                   ///< its devices are those to which the address leads now
  std::string doubt;                     ///< the word that makes `sure` smaller than `possible`

  bool OnlyFlows() const { return !mark && !ct_mark && !tracking && !original && !routed; }
};

enum class StepKind : std::uint8_t {
  Match,      ///< any of `conditions` (with `negated`: none of them, and within `domain`)
  Choose,     ///< the verdict of the first branch that holds; none holds: as a failed match
  Accept,     ///< ends this base chain; the next one decides
  Drop,       ///< final
  Return,     ///< to the caller's next rule; in a base chain: its policy
  Continue,   ///< the next rule
  Jump,       ///< `chain`, then the next rule
  Goto,       ///< `chain`, then where this chain was called from
  Pending,    ///< pf without quick: `accepts` holds unless a later rule decides; goes on
  Unclear,    ///< what becomes of the packet is not known: no later base chain makes it certain
  SetMark,    ///< mark = (mark & keep) ^ flip; `known` false: to something not known
  SetCtMark,  ///< likewise the connection's
  SaveMark,   ///< connection mark = mark
  LoadMark,   ///< mark = connection mark
  Untrack,
  Rewrite,  ///< dnat, redirect: the destination becomes another, and the base chain ends
  Nothing,  ///< no effect on the verdict
};

struct Branch;

struct Step {
  StepKind kind = StepKind::Nothing;
  Span span;
  std::string word;  ///< for doubts and reports

  std::vector<Condition> conditions;
  bool negated = false;
  FlowSet domain = FlowSet::All();
  std::vector<Branch> branches;
  int chain = -1;
  bool accepts = false;
  std::uint32_t keep = 0, flip = 0;
  bool known = true;
  std::optional<Uint128> to_v4, to_v6;  ///< for a family without an address it stays
  std::optional<std::uint16_t> to_port;
};

/// One element of a verdict map.
struct Branch {
  Condition condition;
  Step verdict;
};

struct FlowRule {
  std::vector<Step> steps;
  Span span;
  Answer names_subject = Answer::No;  ///< does it name the asking user (by a number: perhaps)?
};

struct Chain {
  std::string table;  ///< "inet filter"; empty where the syntax has no tables
  std::string name;
  std::vector<FlowRule> rules;
};

/// A chain that the kernel enters by itself.
struct BaseChain {
  int chain = -1;
  bool accepts = true;              ///< its policy
  Span policy;                      ///< the word that sets it, or the line of the chain
  FlowSet domain = FlowSet::All();  ///< flows that it sees
  bool before_tracking = false;     ///< priority below -200 (raw): notrack works, no state is known
  bool after_routing = false;       ///< a rewritten packet has its final device
  bool nat = false;                 ///< does not see packets that are not tracked
  std::string doubt;  ///< not empty: whether it is in force is not known, and this is why
};

struct Program {
  std::vector<Chain> chains;
  std::vector<BaseChain> bases;  ///< in the order in which a packet meets them
  InterfaceNames interfaces;
  std::vector<UserMention> users;  ///< whom its rules name, root aside
};

/// Where a rule stands in its program.
struct RuleId {
  int chain = -1;
  int rule = -1;  ///< -1: the policy
  friend bool operator==(const RuleId&, const RuleId&) = default;
};

}  // namespace sandlint
