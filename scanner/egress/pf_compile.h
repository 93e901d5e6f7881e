#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/egress/pf.h"
#include "scanner/egress/pf_condition.h"

namespace sandlint {

/// What is known of one anchor by its path.
struct PfAnchorContent {
  std::vector<const std::vector<PfStatement>*> lists;
};
using PfAnchors = std::map<std::string, PfAnchorContent, std::less<>>;

/// `b` as it stands in a rule of the ruleset `parent`: `parent/b`, without wildcards undone.
std::string PfAnchorPath(const std::string& parent, std::string_view name);

/// Every anchor of a ruleset that has known rules, and every table.
void GatherPf(const PfRuleset& ruleset, PfAnchors& anchors, PfTables& tables);

/// The anchors that a name stands for, in pf's order: itself, or all children for `a/*`.
std::vector<std::string> PfAnchorsNamed(const PfAnchors& anchors, const std::string& path);

/// Filled by macOS itself (`com.apple/…`): assumed to hold nothing about local programs.
bool IsSystemAnchor(std::string_view path);

/// Rules of one direction, as chains of a program.
class PfCompiler {
 public:
  PfCompiler(const PfRuleset& ruleset, const EgressSubject& subject, const EgressNames& names);
  Program Compile();

 private:
  using Lists = std::vector<const std::vector<PfStatement>*>;
  int Ruleset(const Lists& lists, const std::string& path, PfDirection direction, int depth);
  void AddRule(int chain, const PfRule& rule, const std::string& path, PfDirection direction,
               int depth);
  void AddAnchor(int chain, const PfRule& rule, std::vector<Step> steps, const std::string& path,
                 PfDirection direction, int depth);
  void AddBody(int chain, const PfRule& rule, std::vector<Step> steps, int body);
  void AddVerdict(int chain, const PfRule& rule, std::vector<Step> steps);
  void AddPending(int chain, const PfRule& rule, std::vector<Step> steps, bool accepts);
  void AddUnclear(int chain, Span span, const std::string& word, std::vector<Step> steps = {});
  std::vector<Step> Conditions(const PfRule& rule, const std::string& path);
  void Push(int chain, std::vector<Step> steps, Span span);
  BaseChain Base(PfDirection direction);
  void AddRefused(int chain);
  std::vector<Word> SkipWords() const;
  FlowSet Skipped();
  void AddDoubtfulSkips(int chain);
  std::uint32_t Tag(const std::string& name);
  int BodyOf(const PfRule& rule, const std::string& path, PfDirection direction, int depth);

  const PfRuleset& ruleset_;
  const EgressSubject& subject_;
  const EgressNames& names_;
  PfAnchors anchors_;
  PfTables tables_;
  Program program_;
  std::map<std::string, std::uint32_t> tags_;
  UserMentions mentions_;
  std::uint32_t quick_bits_ = 0;  ///< of the anchors with `quick` around the present rule
};

}  // namespace sandlint
