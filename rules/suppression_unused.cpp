#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/policy_rules.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "suppression-unused",
    .title = "A suppression suppresses nothing",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A waiver that no longer waives anything waits for the next finding of its kind, which "
        "then nobody sees.",
    .fix = "Remove it from .sandlint.toml.",
};

/// Which ones are unused is known only after all rules have run (rules/apply_policy.cpp).
Findings Check(const Workspace&) { return {}; }

}  // namespace

Finding UnusedSuppression(const Suppression& suppression) {
  Finding finding;
  finding.rule = kInfo.id;
  finding.severity = kInfo.severity;
  const std::string of = suppression.server.text.empty()
                             ? std::string()
                             : fmt::format(" of '{}'", Quote(suppression.server.text));
  finding.message = fmt::format("there is no finding of {}{} that this could suppress",
                                Quote(suppression.rule.text), of);
  finding.where = FirstLine(suppression.rule.span);
  finding.detail = suppression.rule.text + '\n' + suppression.server.text;
  return finding;
}

const Rule kSuppressionUnused{kInfo, nullptr, Check};

}  // namespace sandlint
