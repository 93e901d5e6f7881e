#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "terminal-injection",
    .title = "A sandboxed server can type into the terminal of its client",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "A process that shares the controlling terminal can push characters into its input "
        "(TIOCSTI) and so run commands outside of the sandbox. Clients that start servers "
        "on a terminal of their own, or kernels with dev.tty.legacy_tiocsti=0, are safe.",
    .fix = "Add `--new-session` to its bwrap line.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = LayerOf(launch, "bwrap");
    if (layer == nullptr || layer->new_session || layer->seccomp) return {};
    Finding finding = MakeFinding(
        kInfo, server, layer->program.span,
        fmt::format("'{}' shares the controlling terminal of its client: no --new-session and no "
                    "seccomp filter.",
                    server.Name()));
    finding.confidence =
        Confidence::Medium;  // whether there is a terminal is the client's business
    return {finding};
  });
}

}  // namespace

const Rule kTerminalInjection{kInfo, Check, nullptr};

}  // namespace sandlint
