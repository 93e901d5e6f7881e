#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/policy_rules.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "suppression-expired",
    .title = "A suppression or an attestation has expired",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "Its author wanted it looked at again on this day. It has no effect any more: what it "
        "waived is reported, what it attested is open.",
    .fix = "Look at what it is about; then remove it, or give it a new date.",
};

Finding Tell(std::string what, const Word& expires, std::string detail) {
  Finding finding;
  finding.rule = kInfo.id;
  finding.severity = kInfo.severity;
  finding.message = fmt::format("{} has expired on {}", what, Quote(expires.text));
  finding.where = FirstLine(expires.span);
  finding.detail = std::move(detail);
  return finding;
}

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const Suppression& one : workspace.policy.suppressions) {
    if (!IsOver(one.expires, workspace)) continue;
    findings.push_back(Tell(fmt::format("the suppression of {}", Quote(one.rule.text)), one.expires,
                            one.rule.text + '\n' + one.server.text));
  }
  for (const Attestation& one : workspace.policy.attestations) {
    if (!IsOver(one.expires, workspace)) continue;
    findings.push_back(Tell(fmt::format("the attestation of item {}", one.item), one.expires,
                            fmt::format("{}\n{}", one.item, one.server.text)));
  }
  return findings;
}

}  // namespace

// Dates of the form YYYY-MM-DD order as texts do.
bool IsOver(const Word& expires, const Workspace& workspace) {
  return !expires.text.empty() && expires.text < workspace.today;
}

const Rule kSuppressionExpired{kInfo, nullptr, Check};

}  // namespace sandlint
