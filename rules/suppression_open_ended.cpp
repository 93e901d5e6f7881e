#include <fmt/format.h>

#include "rules/facts.h"
#include "rules/policy_rules.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "suppression-open-ended",
    .title = "A suppression never expires",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "A waiver without a last day outlives its reason: nobody is asked again whether it still "
        "holds.",
    .fix = "Give it an `expires` date in .sandlint.toml on which somebody looks at it again.",
};

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const Suppression& one : workspace.policy.suppressions) {
    if (!one.expires.text.empty()) continue;
    Finding& finding = findings.emplace_back();
    finding.rule = kInfo.id;
    finding.severity = kInfo.severity;
    finding.message = fmt::format("the suppression of {} has no last day", Quote(one.rule.text));
    finding.where = FirstLine(one.rule.span);
    finding.detail = one.rule.text + '\n' + one.server.text;
  }
  return findings;
}

}  // namespace

const Rule kSuppressionOpenEnded{kInfo, nullptr, Check};

}  // namespace sandlint
