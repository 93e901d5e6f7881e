#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "allowlist-stale",
    .title = "An allowlist of addresses that the hosts behind it do not keep",
    .checklist_item = 5,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A name in a rule is looked up once, when the rules are loaded; addresses that were "
        "written "
        "down are those of that day. The host moves, the rule stays: the server breaks, and the "
        "address that is still allowed belongs to somebody else.",
    .fix =
        "Write the published ranges of the provider into a set and renew it by a script that is "
        "kept with the config, or let the server out through a proxy that decides by name.",
};

Findings CheckFiles(const Workspace& workspace) {
  Findings findings;
  for (const FirewallRemark& remark : workspace.firewall_remarks) {
    if (remark.kind != FirewallRemarkKind::ResolvedOnce) continue;
    findings.push_back(MakeFinding(
        kInfo, remark,
        fmt::format("{} is looked up once, when the rules are loaded", Quote(remark.line.note))));
    findings.back().items = kNoItem;
  }
  return findings;
}

/// Published addresses that the list lacks, where it has some of them.
void AddMissing(const Server& server, const Launch& launch, Findings& findings) {
  const HostFirewall& firewall = launch.grant.egress.firewall;
  for (const MissingPrefixes& missing : firewall.allowlist.missing) {
    if (missing.lost == missing.all) continue;  // told by documented-host-blocked
    Span place = firewall.files.empty() ? Span{} : firewall.files.front().span;
    for (const AllowedBlock& block : firewall.allowlist.blocks) {
      if (block.owner == missing.owner && block.line.span) place = block.line.span;
    }
    Finding finding = MakeFinding(
        kInfo, server, place,
        fmt::format("the allowlist of '{}' lacks {} of the {} prefixes that {} published by {}: {} "
                    "can be there",
                    server.Name(), missing.lost, missing.all, missing.owner, missing.date,
                    missing.host));
    finding.severity = Severity::Note;
    finding.confidence = Confidence::Medium;
    finding.detail = missing.owner;
    finding.items = kNoItem;
    findings.push_back(std::move(finding));
  }
}

Findings Check(const Workspace& workspace) {
  Findings findings = CheckFiles(workspace);
  for (const Server& server : workspace.servers) {
    const Findings more = FirstOfLaunches(server, [&](const Launch& launch) {
      Findings some;
      AddMissing(server, launch, some);
      return some;
    });
    findings.insert(findings.end(), more.begin(), more.end());
  }
  return findings;
}

}  // namespace

const Rule kAllowlistStale{kInfo, nullptr, Check};

}  // namespace sandlint
