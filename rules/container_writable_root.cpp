#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "container-writable-root",
    .title = "A container can change its own programs",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "With a writable root file system a compromised server can replace the "
        "interpreter, the packages and the certificates that it runs with for as long as "
        "the container lives.",
    .fix = "Add `--read-only` and give it the places that it writes to with `--tmpfs /tmp`.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr || layer->root != RootKind::Image) return {};
    if (layer->container->read_only || layer->container->privileged) return {};
    return {MakeFinding(kInfo, server, layer->container->image.span,
                        fmt::format("'{}' can write to the root file system of its container: no "
                                    "--read-only.",
                                    server.Name()))};
  });
}

}  // namespace

const Rule kContainerWritableRoot{kInfo, Check, nullptr};

}  // namespace sandlint
