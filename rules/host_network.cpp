#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "host-network",
    .title = "A container uses the network of the host",
    .checklist_item = 4,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "With `--network=host` nothing stands between the server and the network: it reaches any "
        "host, every service that listens on the loopback of the host, and abstract sockets such "
        "as those of X11.",
    .fix =
        "Use `--network=none`; where the server needs some hosts, a network whose only way out is "
        "a proxy that allows exactly those.",
};

Findings Check(const Server& server, const Workspace&) {
  if (NeedsNoNetwork(server.need)) return {};  // told by network-for-local-server
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* container = ContainerLayer(launch);
    if (container == nullptr || !Confines(launch)) return {};
    if (container->network.mode != NetworkMode::Host) return {};
    if (OpenNetwork(launch.grant.egress) != Answer::Yes) return {};  // a layer around it cuts
    const Word& word = container->network.word;
    return {MakeFinding(kInfo, server, word ? word.span : container->program.span,
                        fmt::format("the container of '{}' shares the network of the host{}: {}",
                                    server.Name(), WhenOf(launch), Quote(word.text)))};
  });
}

}  // namespace

const Rule kHostNetwork{kInfo, Check, nullptr};

}  // namespace sandlint
