#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "dns-open",
    .title = "A firewall that holds a server lets it ask any name server",
    .checklist_item = 4,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A name that is looked up is data that leaves: whoever owns the zone reads it, and "
        "answers. "
        "Port 53 to every host is moreover a way out for anything that speaks to that port.",
    .fix =
        "Let the user of the server ask one resolver that answers for the documented names alone, "
        "or "
        "put their addresses into /etc/hosts and drop port 53.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const HostFirewall& firewall = launch.grant.egress.firewall;
    if (!firewall.governs) return {};
    for (const OpenFlow& flow : firewall.open) {
      if (!flow.names) continue;
      const Span place = flow.line.span ? flow.line.span : firewall.files.front().span;
      Finding finding =
          MakeFinding(kInfo, server, place,
                      fmt::format("'{}' can ask any name server ({}): {} leaves by {}",
                                  server.Name(), flow.kind, flow.witness,
                                  Quote(flow.line.text.empty() ? flow.line.note : flow.line.text)));
      finding.confidence = launch.grant.egress.confidence;
      AddRelated(finding, launch.grant.egress.because, "decides which network it has");
      return {finding};
    }
    return {};
  });
}

}  // namespace

const Rule kDnsOpen{kInfo, Check, nullptr};

}  // namespace sandlint
