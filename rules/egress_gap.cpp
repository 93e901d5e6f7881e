#include <fmt/format.h>

#include <algorithm>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "egress-gap",
    .title = "A firewall that holds a server leaves some ways open",
    .checklist_item = 4,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "A rule that stops HTTPS to foreign addresses stops nobody: the same data leaves over "
        "IPv6, "
        "over UDP, in a name that is looked up, or to another port. Only what is denied by default "
        "is closed.",
    .fix =
        "Let the chain deny by default for the user of the server, for both families, and accept "
        "the addresses and ports that it needs: `meta skuid USER ip daddr @hosts tcp dport 443 "
        "accept`, then `meta skuid USER drop`.",
};

/// A server that browses must reach every host on the ports of the web; dns-open tells of names.
bool IsNeeded(const OpenFlow& flow, const Need& need) {
  if (flow.names) return true;
  const auto needs = [&](std::string_view port) {
    const std::string any = fmt::format("*:{}", port);
    return flow.kind.ends_with(fmt::format("TCP port {}", port)) &&
           (std::ranges::find(need.hosts, any) != need.hosts.end() ||
            (need.network == NetworkNeed::Any && need.hosts.empty()));
  };
  return needs("443") || needs("80");
}

/// Does a filter of the sandbox stop this kind as a whole, whatever the firewall says? Protocols
/// that have no name in a filter are decided as ICMP is: by what is said of all.
bool IsCut(const OpenFlow& flow, const Egress& egress) {
  const auto is = [&](std::string_view part) { return flow.kind.find(part) != flow.kind.npos; };
  const bool rare = is("ICMP") || is("SCTP");
  const std::string_view protocol = rare ? "icmp" : is("TCP") ? "tcp" : "udp";
  return std::ranges::any_of(egress.filters, [&](const NetworkFilter& filter) {
    const auto of_all = [&](const NetworkRule& rule) {
      return rule.protocol == protocol && rule.host == "*" && rule.port == 0;
    };
    const auto lets = [&](const NetworkRule& rule) {
      return rule.verdict != Answer::No && (rule.protocol.empty() || rule.protocol == protocol);
    };
    return !filter.by_proxy && std::ranges::any_of(filter.rules, of_all) &&
           std::ranges::none_of(filter.rules, lets);
  });
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const HostFirewall& firewall = launch.grant.egress.firewall;
    if (!firewall.governs) return {};
    std::vector<std::string> kinds;
    const OpenFlow* first = nullptr;
    for (const OpenFlow& flow : firewall.open) {
      if (IsNeeded(flow, server.need) || IsCut(flow, launch.grant.egress)) continue;
      kinds.push_back(flow.kind);
      if (first == nullptr) first = &flow;
    }
    if (first == nullptr) return {};
    const Span place = first->line.span ? first->line.span : firewall.files.front().span;
    Finding finding = MakeFinding(
        kInfo, server, place,
        fmt::format("the firewall of '{}' leaves {} open: {} leaves by {}", server.Name(),
                    JoinWords(kinds), first->witness,
                    Quote(first->line.text.empty() ? first->line.note : first->line.text)));
    finding.confidence = launch.grant.egress.confidence;
    if (!firewall.assuming.empty())
      finding.message += "; assumes that " + firewall.assuming.front();
    AddRelated(finding, launch.grant.egress.because, "decides which network it has");
    for (const std::string& line : firewall.allowed) {
      finding.related.push_back({FirstLine(firewall.files.front().span), "leaves: " + line});
    }
    return {finding};
  });
}

}  // namespace

const Rule kEgressGap{kInfo, Check, nullptr};

}  // namespace sandlint
