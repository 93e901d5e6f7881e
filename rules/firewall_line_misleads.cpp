#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "firewall-line-misleads",
    .title = "A line of a firewall file does not do what it says",
    .checklist_item = 4,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "Whoever reads the file takes the line for a hold. An earlier rule that takes its packets, "
        "a table that nothing fills, a list of negations or the family that a file leaves out make "
        "it none.",
    .fix = "Move the line in front of the rule that takes its packets, or take it out.",
};

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const FirewallRemark& remark : workspace.firewall_remarks) {
    if (remark.kind != FirewallRemarkKind::Misleads) continue;
    findings.push_back(MakeFinding(
        kInfo, remark, fmt::format("{}: {}", Quote(remark.line.text), remark.line.note)));
    findings.back().items = kNoItem;
  }
  return findings;
}

}  // namespace

const Rule kFirewallLineMisleads{kInfo, nullptr, Check};

}  // namespace sandlint
