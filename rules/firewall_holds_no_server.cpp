#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "firewall-holds-no-server",
    .title = "The rules of a firewall file hold no server of this tree",
    .checklist_item = 4,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "Rules by user hold a server only where it is started as that user. A number inside of a "
        "user namespace or a container is not what the firewall of the host sees, and rules for "
        "everybody say nothing about the machine on which the server starts.",
    .fix =
        "Start the server as the user of the rules (`sudo -n -u mcp-NAME …`), outside of its "
        "sandbox, or name its user in the rules (`meta skuid mcp-NAME`).",
};

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const FirewallRemark& remark : workspace.firewall_remarks) {
    const bool user = remark.kind == FirewallRemarkKind::UserUnused;
    if (!user && remark.kind != FirewallRemarkKind::HoldsNobody) continue;
    Finding finding = MakeFinding(
        kInfo, remark,
        user ? fmt::format("these rules are for {}: {}", Quote(remark.user), remark.line.note)
             : fmt::format("this file holds no server: {}", remark.line.note));
    // Rules for everybody may well be those of another machine.
    if (!user) finding.severity = Severity::Note;
    finding.confidence = Confidence::Medium;
    finding.items = kNoItem;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

const Rule kFirewallHoldsNoServer{kInfo, nullptr, Check};

}  // namespace sandlint
