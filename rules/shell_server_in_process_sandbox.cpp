#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/policy_rules.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "shell-server-in-process-sandbox",
    .title = "A server that runs commands has a process sandbox only",
    .checklist_item = 9,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A shell server runs whatever it is told to. Between those commands and the kernel of the "
        "host a process sandbox puts one layer; a container or a virtual machine has more of them "
        "and an image that holds nothing of the user.",
    .fix =
        "Run it in a container (`docker run --rm -i --network=none --read-only --cap-drop=ALL "
        "--user 65532 …`) or in a virtual machine.",
};

constexpr int kItem = 9;

Findings Check(const Server& server, const Workspace& workspace) {
  if (server.need.server_class != ServerClass::Shell) return {};
  // The guide asks for an evaluation: where a person has made it, it is made.
  if (AttestationOf(kItem, server.Name(), workspace) != nullptr) return {};
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch) || ContainerLayer(launch) != nullptr) return {};
    const Layer& layer = *SandboxOf(launch);
    return {MakeFinding(kInfo, server, layer.program.span,
                        fmt::format("'{}' runs commands, and {} is a process sandbox{}",
                                    server.Name(), layer.tool, WhenOf(launch)))};
  });
}

}  // namespace

const Rule kShellServerInProcessSandbox{kInfo, Check, nullptr};

}  // namespace sandlint
