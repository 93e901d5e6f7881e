#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "host-processes-visible",
    .title = "A sandboxed server sees and signals the processes of its user",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "Without a pid namespace a server can signal every process of the same user (the "
        "client too), and where a /proc is mounted it reads their command lines, where "
        "tokens are often given.",
    .fix =
        "Add `--unshare-pid` and `--proc /proc` to its bwrap line; leave out `--pid=host` "
        "for a container.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = SandboxOf(launch);
    if (layer == nullptr || launch.grant.identity.own_pid_namespace) return {};
    if (layer->root == RootKind::Unknown || layer->kind == LayerKind::Opaque) return {};
    const Because& because = launch.grant.identity.pid_because;
    const Span place = !because.empty() && because[0].span ? because[0].span : layer->program.span;
    return {
        MakeFinding(kInfo, server, place,
                    fmt::format("'{}' shares the process ids of the host with {}: it can signal "
                                "the client and every other process of its user.",
                                server.Name(), layer->tool))};
  });
}

}  // namespace

const Rule kHostProcessesVisible{kInfo, Check, nullptr};

}  // namespace sandlint
