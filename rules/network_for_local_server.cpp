#include <fmt/format.h>

#include <string>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "network-for-local-server",
    .title = "A server that needs no network can reach one",
    .checklist_item = 6,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "A filesystem-only server has no reason to open a connection. If it is compromised, an "
        "open network is how the files that it can read leave the machine.",
    .fix =
        "Add `--unshare-net` to its bwrap line or `--network=none` to its container. Where a "
        "launcher (npx, uvx) fetches the package first, install it beforehand.",
};

Findings Check(const Server& server, const Workspace&) {
  if (!NeedsNoNetwork(server.need)) return {};
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Egress& egress = launch.grant.egress;
    if (!Confines(launch) || OpenNetwork(egress) != Answer::Yes) return {};
    const std::string origin =
        server.need.origin.empty() ? NameOf(server.need.server_class) : server.need.origin;
    Finding finding = MakeFinding(
        kInfo, server, PlaceOf(egress.because, launch),
        fmt::format("'{}' needs no network ({}) and can reach {}{}", server.Name(), origin,
                    egress.mode == NetworkMode::Private ? "every host through its container's"
                                                        : "all that the host can",
                    WhenOf(launch)));
    finding.confidence = egress.confidence;
    finding.items = {4, 6};
    AddRelated(finding, egress.because, "decides which network it has");
    return {finding};
  });
}

}  // namespace

const Rule kNetworkForLocalServer{kInfo, Check, nullptr};

}  // namespace sandlint
