#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "outlives-client",
    .title = "A sandboxed server outlives the client that started it",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "Without `--die-with-parent` a server goes on running, with its credentials and "
        "open connections, when the client is killed.",
    .fix = "Add `--die-with-parent` to its bwrap line.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = LayerOf(launch, "bwrap");
    if (layer == nullptr || layer->die_with_parent) return {};
    return {
        MakeFinding(kInfo, server, layer->program.span,
                    fmt::format("'{}' keeps running when its client dies: no --die-with-parent.",
                                server.Name()))};
  });
}

}  // namespace

const Rule kOutlivesClient{kInfo, Check, nullptr};

}  // namespace sandlint
