#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"
#include "rules/shortfall.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "null-device-missing",
    .title = "A sandbox has no /dev/null",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "Programs that start others without input or output open /dev/null, shells and git among "
        "them. They fail in ways that name neither the sandbox nor the device.",
    .fix = "Give it a small /dev of its own: `--dev /dev` for bwrap, `private-dev` for firejail.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* sandbox = InnermostSandbox(launch);
    if (sandbox == nullptr || sandbox->kind == LayerKind::Container) return {};
    if (!IsHidden(launch, "/dev/null", Right::Write)) return {};
    return {MakeFinding(
        kInfo, server, sandbox->program.span,
        fmt::format("'{}' finds no /dev/null that it can write to in its sandbox", server.Name()))};
  });
}

}  // namespace

const Rule kNullDeviceMissing{kInfo, Check, nullptr};

}  // namespace sandlint
