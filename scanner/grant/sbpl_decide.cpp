// Which rule decides: within one operation the last that matches, and a more specific operation
// before the family that it belongs to, whatever their order (seen by several test suites of
// others). Releases that only took the order into account would differ: then nothing is proven.

#include <algorithm>

#include "scanner/grant/sbpl.h"

namespace sandlint {
namespace {

/// What may come out, and the rules that decide.
struct Outcome {
  bool allow = false;
  bool deny = false;
  std::vector<const SbplRule*> rules;

  void Take(const SbplRule& rule) {
    allow = allow || rule.allow || !rule.evaluated;
    deny = deny || !rule.allow || !rule.evaluated;
    rules.push_back(&rule);
  }
};

Answer Matches(const SbplRule& rule, const SbplSubject& subject) {
  if (!rule.evaluated) return Answer::Unknown;
  if (rule.filters.empty()) return Answer::Yes;
  Answer any = Answer::No;
  for (const SbplFilter& filter : rule.filters) {
    any = std::max(any, MatchSbpl(filter, subject));
    if (any == Answer::Yes) break;
  }
  return any;
}

using RuleList = std::vector<const SbplRule*>;

/// Goes from the last rule to the first; true when one decides for certain.
bool Walk(const RuleList& rules, const SbplSubject& subject, Outcome& outcome) {
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
    const Answer matches = Matches(**rule, subject);
    if (matches == Answer::No) continue;
    outcome.Take(**rule);
    if (matches == Answer::Yes) return true;
  }
  return false;
}

RuleList RulesOf(const SbplProfile& profile, std::string_view operation) {
  RuleList rules;
  if (const auto found = profile.rules.find(operation); found != profile.rules.end()) {
    for (const SbplRule& rule : found->second) rules.push_back(&rule);
  }
  return rules;
}

void Merge(RuleList& into, const RuleList& more) {
  into.insert(into.end(), more.begin(), more.end());
  std::ranges::sort(into, {}, [](const SbplRule* rule) { return rule->order; });
}

RuleList Unevaluated(const SbplProfile& profile) {
  RuleList rules;
  for (const SbplRule& rule : profile.unevaluated) rules.push_back(&rule);
  return rules;
}

/// The last default counts, wherever it stands; a profile without one is not proven to deny.
void TakeDefault(const SbplProfile& profile, Outcome& outcome) {
  const auto defaults = profile.rules.find("default");
  if (defaults == profile.rules.end() || defaults->second.empty()) {
    outcome.allow = outcome.deny = true;
    return;
  }
  outcome.Take(defaults->second.back());
}

}  // namespace

void SbplProfile::Add(std::string_view operation, SbplRule rule) {
  rule.order = count++;
  rules[std::string(operation)].push_back(std::move(rule));
}

SbplVerdict DecideSbpl(const SbplProfile& profile, std::string_view operation,
                       const SbplSubject& subject) {
  Outcome by_level;
  Outcome by_order;
  RuleList all = Unevaluated(profile);
  bool decided = false;
  for (const SbplOperation* level = FindSbplOperation(operation);
       level != nullptr && level->name != "default"; level = FindSbplOperation(level->parent)) {
    RuleList rules = RulesOf(profile, level->name);
    Merge(all, rules);
    // A form that is not evaluated may hold a rule of this very operation.
    if (level->name == operation) Merge(rules, Unevaluated(profile));
    decided = decided || Walk(rules, subject, by_level);
  }
  if (!decided) TakeDefault(profile, by_level);
  if (!Walk(all, subject, by_order)) TakeDefault(profile, by_order);

  SbplVerdict verdict;
  const bool allow = by_level.allow || by_order.allow;
  const bool deny = by_level.deny || by_order.deny;
  verdict.allowed = allow && deny ? Answer::Unknown : allow ? Answer::Yes : Answer::No;
  const char* note = by_level.allow == by_order.allow && by_level.deny == by_order.deny
                         ? ""
                         : "which of two rules counts depends on the release of macOS";
  for (const SbplRule* rule : by_level.rules) {
    if (verdict.because.size() < 4) verdict.because.push_back(EvidenceOf(rule->word, note));
  }
  return verdict;
}

}  // namespace sandlint
