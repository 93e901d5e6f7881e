#include <algorithm>
#include <array>

#include "harden/plan.h"

namespace sandlint {
namespace {

constexpr auto kHardeners = std::to_array<Hardener>({
    {"bwrap", "bubblewrap, by a wrapper script", HardenWithBwrap},
    {"firejail", "firejail, by a profile and a wrapper script", HardenWithFirejail},
    {"sandbox-exec", "macOS, by a profile and a wrapper script", HardenWithSandboxExec},
    {"docker", "a container, by a Dockerfile and a run line", HardenWithDocker},
    {"podman", "a container, by a Dockerfile and a run line", HardenWithPodman},
    {"srt", "Anthropic's sandbox runtime, by settings and a wrapper script", HardenWithSrt},
});

}  // namespace

std::span<const Hardener> AllHardeners() { return kHardeners; }

const Hardener* FindHardener(std::string_view name) {
  const auto found = std::ranges::find(kHardeners, name, &Hardener::name);
  return found == kHardeners.end() ? nullptr : &*found;
}

}  // namespace sandlint
