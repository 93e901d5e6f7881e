#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "egress-not-denied-by-default",
    .title = "A sandbox leaves the way to any host open",
    .checklist_item = 4,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "A server that reads files and reaches any host can send them anywhere. Deny everything, "
        "then name the hosts that it needs.",
    .fix =
        "Cut the network (`--unshare-net` for bwrap, `--network=none` for a container); where the "
        "server needs some hosts, let it out only through a proxy that allows exactly those.",
};

/// The host's network from inside a container is told by host-network.
bool IsContainerOnHostNetwork(const Launch& launch) {
  const Layer* container = ContainerLayer(launch);
  return container != nullptr && container->network.mode == NetworkMode::Host;
}

Findings Check(const Server& server, const Workspace&) {
  if (NeedsNoNetwork(server.need)) return {};  // told by network-for-local-server
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Egress& egress = launch.grant.egress;
    if (!Confines(launch) || OpenNetwork(egress) != Answer::Yes) return {};
    if (IsContainerOnHostNetwork(launch) || egress.firewall.governs) return {};  // egress-gap
    const char* way = egress.mode == NetworkMode::Private
                          ? "the network of its container leads out to every host"
                          : "no layer cuts the network of the host";
    Finding finding = MakeFinding(
        kInfo, server, PlaceOf(egress.because, launch),
        fmt::format("'{}' can reach any host{}: {}", server.Name(), WhenOf(launch), way));
    finding.confidence = egress.confidence;
    if (!egress.proxies.empty()) {
      finding.message += fmt::format("; the proxy of {} is advice that a program need not take",
                                     Quote(egress.proxies.front().variable.text));
    }
    if (server.need.network == NetworkNeed::Any) {
      finding.severity = Severity::Warning;
      finding.message += fmt::format(" (it needs arbitrary hosts: {})", server.need.origin);
    }
    AddRelated(finding, egress.because, "decides which network it has");
    return {finding};
  });
}

}  // namespace

const Rule kEgressNotDeniedByDefault{kInfo, Check, nullptr};

}  // namespace sandlint
