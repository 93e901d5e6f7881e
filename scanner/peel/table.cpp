#include <algorithm>
#include <array>

#include "scanner/peel/bwrap.h"
#include "scanner/peel/container.h"
#include "scanner/peel/firejail.h"
#include "scanner/peel/peelers.h"

namespace sandlint {
namespace {

constexpr auto kPeelers = std::to_array<PeelerRow>({
    {"docker mcp gateway", PeelMcpGateway},
    {"bwrap", PeelBwrap},
    {"docker", PeelContainer},
    {"sandbox-exec", PeelSandboxExec},
    {"firejail", PeelFirejail},
    {"env", PeelEnv},
    {"sudo", PeelSudo},
    {"doas", PeelDoas},
    {"su", PeelSu},
    {"setpriv", PeelSetpriv},
    {"timeout", PeelTransparent},
    {"flock", PeelFlock},
    {"busybox", PeelBusybox},
    {"npm", PeelNpm},
    {"uv", PeelUv},
    {"deno", PeelDeno},
    {"node", PeelInterpreter},
    {"sh", PeelShell},
    {"script", PeelScript},
    {"srt", PeelSrt},
    {"nsjail", PeelNsjail},
    {"codex", PeelCodex},
    {"nono", PeelNono},
    {"thv", PeelThv},
    {"unshare", PeelUnshare},
    {"systemd-run", PeelSystemdRun},
    {"systemctl", PeelSystemctl},
    {"chroot", PeelChroot},
    {"ip netns", PeelIpNetns},
    {"nsenter", PeelNsenter},
});

}  // namespace

std::span<const PeelerRow> AllPeelers() { return kPeelers; }

bool IsKnownTool(const Word& program) {
  const std::array argv{program};
  return std::ranges::any_of(
      kPeelers, [&](const PeelerRow& row) { return row.peel(argv, PeelContext{}).has_value(); });
}

}  // namespace sandlint
