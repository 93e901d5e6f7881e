#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "container-keeps-capabilities",
    .title = "A container keeps capabilities that no MCP server needs",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The default set lets root in the container change owners, bypass file "
        "permissions, open raw sockets and bind any port. A server that talks over stdio "
        "uses none of them.",
    .fix =
        "Add `--cap-drop=ALL`; give back single capabilities with `--cap-add` only where "
        "the server is known to need one.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr || layer->root == RootKind::Unknown) return {};
    // A privileged container is sandbox-isolates-nothing's business: the same cause is told once.
    if (layer->container->privileged) return {};
    const CapabilitySet kept = launch.grant.identity.capabilities;
    if (kept == CapabilitySet::All) {
      const Word& place = layer->container->cap_add.empty() ? layer->container->image
                                                            : layer->container->cap_add[0];
      Finding finding =
          MakeFinding(kInfo, server, place.span,
                      fmt::format("'{}' gets every capability in its container.", server.Name()));
      finding.severity = Severity::Error;
      return {finding};
    }
    if (kept != CapabilitySet::ContainerDefault) return {};
    return {MakeFinding(kInfo, server, layer->container->image.span,
                        fmt::format("'{}' keeps the default capabilities of {}: no --cap-drop=ALL.",
                                    server.Name(), layer->container->engine))};
  });
}

}  // namespace

const Rule kContainerKeepsCapabilities{kInfo, Check, nullptr};

}  // namespace sandlint
