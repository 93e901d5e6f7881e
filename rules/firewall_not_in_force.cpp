#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "firewall-not-in-force",
    .title = "A firewall file holds nobody",
    .checklist_item = 4,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "A ruleset is loaded as a whole or not at all: one word that the tool refuses, and nothing "
        "of the file is active. Every packet leaves as if there were no file.",
    .fix = "Load it once by hand (`nft -c -f FILE`, `pfctl -nf FILE`) and mend what is refused.",
};

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const FirewallRemark& remark : workspace.firewall_remarks) {
    const bool asked = remark.kind != FirewallRemarkKind::NeverAsked;
    if (asked && remark.kind != FirewallRemarkKind::Refused) continue;
    Finding finding = MakeFinding(
        kInfo, remark, fmt::format("nothing of this file is in force: {}", remark.line.note));
    if (!asked) finding.fix = "Add `anchor \"NAME\"` and a `load anchor` line to pf.conf.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

const Rule kFirewallNotInForce{kInfo, nullptr, Check};

}  // namespace sandlint
