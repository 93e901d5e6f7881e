#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scanner/egress/nft_field.h"
#include "scanner/egress/nft_ruleset.h"
#include "scanner/egress/program.h"
#include "scanner/egress/subject.h"

namespace sandlint {

/// What the compilation of one file shares.
struct NftContext {
  const EgressSubject& subject;
  const EgressNames& names;
  InterfaceNames& interfaces;
  std::vector<NftProblem>& problems;
  const NftTableState* table = nullptr;  ///< of the present rule
  bool wildcards = false;                ///< a device was named by a prefix
  /// Conditions of named sets, by set and selector: a set of 100,000 prefixes is built once.
  struct Cached {
    Condition condition;
    Answer named = Answer::No;
  };
  std::map<std::pair<const NftSetState*, std::string>, Cached> cache;
  UserMentions mentions = {};

  void Refuse(Span where, std::string text) {
    problems.push_back({NftTrouble::Refused, where, std::move(text)});
  }
};

/// left op right, as one Match step.
Step MatchOf(const NftStatement& statement, NftContext& context);
/// Does an element match `left`? For verdict maps and maps.
Condition KeyCondition(const NftExpr& left, const NftExpr& key, NftContext& context);
/// Where an expression does not fail.
FlowSet DomainOfLeft(const NftExpr& left);

/// The single values behind @name, { … } or a scalar.
struct NftElements {
  std::vector<const NftExpr*> list;
  const NftSetState* set = nullptr;  ///< of @name
  bool literal = false;              ///< { … }
  bool open = false;     ///< rules or a script of another kind fill it: there may be more, or fewer
  bool expire = false;   ///< all of them do
  bool missing = false;  ///< there is no such set
};
/// Why what is in them is not known.
std::string FilledText(const NftElements& elements);
bool HasNftFlag(const NftSetSpec& spec, std::string_view flag);
NftElements ElementsOf(const NftExpr& right, NftContext& context);

/// A condition that holds or not, whatever the flow.
Condition Always(bool holds);
/// One that may hold within `domain`.
Condition Perhaps(FlowSet domain, std::string doubt);
/// Both hold.
Condition Both(const Condition& a, const Condition& b);

/// One field against values.
struct NftTest {
  std::string op = "==";  ///< ==, !=, <, >, <=, >=
  bool bits = false;      ///< any bit in common (bitmask types)
  bool no_bits = false;   ///< none in common
};
/// The user or group of the socket against names and numbers.
Condition OfId(IdKind kind, const NftField& field, const NftTest& test, const NftElements& right,
               NftContext& context);
Condition ConditionOf(const NftField& field, const NftTest& test, const NftElements& right,
                      NftContext& context);

}  // namespace sandlint
