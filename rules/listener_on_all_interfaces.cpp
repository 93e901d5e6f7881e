#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "listener-on-all-interfaces",
    .title = "A server publishes a port on every interface",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A published port without an address listens on every network that the machine is "
        "on, and docker puts its own rules before those of a host firewall like ufw. "
        "Whoever reaches it can use the tools of the server.",
    .fix =
        "Publish on the loopback address: `-p 127.0.0.1:3000:3000`, or use stdio and "
        "publish nothing.",
};

/// `8080:80`, `80`, `0.0.0.0:80:80`, `[::]:80:80` are open; `127.0.0.1:80:80`, `[::1]:80:80` are
/// not.
bool OpenToAll(std::string_view published) {
  return !published.starts_with("127.") && !published.starts_with("[::1]") &&
         !published.starts_with("localhost:");
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr) return {};
    const ContainerRun& run = *layer->container;
    if (run.publish_all) {
      return {MakeFinding(
          kInfo, server, run.publish_all->span,
          fmt::format("'{}' publishes every exposed port on all interfaces.", server.Name()))};
    }
    for (const Word& port : run.published) {
      if (!OpenToAll(port.text)) continue;
      Finding finding = MakeFinding(
          kInfo, server, port.span,
          fmt::format("'{}' publishes port {} on all interfaces.", server.Name(), port.text));
      if (port.StartsUnknown()) finding.confidence = Confidence::Low;
      return {finding};
    }
    return {};
  });
}

}  // namespace

const Rule kListenerOnAllInterfaces{kInfo, Check, nullptr};

}  // namespace sandlint
