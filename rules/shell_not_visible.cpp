#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"
#include "rules/shortfall.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "shell-not-visible",
    .title = "A sandbox hides the shell of a server that starts commands through it",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "npx starts every package through a shell, and servers that run commands do so with "
        "/bin/sh. Without it the server ends, or each of its calls fails.",
    .fix = "Show /bin/sh, which is dash or bash behind a link.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* sandbox = InnermostSandbox(launch);
    if (sandbox == nullptr || sandbox->kind == LayerKind::Container) return {};
    const bool launcher = RunsOn(launch, {"npx", "npm"});
    if (!launcher && server.need.server_class != ServerClass::Shell) return {};
    // npm looks for `sh` on the PATH, the C library takes /bin/sh.
    if (!IsHidden(launch, "/bin/sh")) return {};
    if (launcher && !IsHidden(launch, StartFile{"sh", {}, {}})) return {};
    Finding finding = MakeFinding(
        kInfo, server, sandbox->program.span,
        fmt::format("'{}' starts commands through a shell ({}) and its sandbox shows no /bin/sh",
                    server.Name(), launcher ? "npx does" : server.need.origin));
    finding.fix = fmt::format(
        "Add {}.", GrantOf(*sandbox, launch.grant.paths->Inside("/bin/sh"), "/bin/sh", false));
    return {finding};
  });
}

}  // namespace

const Rule kShellNotVisible{kInfo, Check, nullptr};

}  // namespace sandlint
