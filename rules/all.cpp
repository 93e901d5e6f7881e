#include "rules/all.h"

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

// Alphabetical by id: FindRule searches by halves.
constexpr auto kRules = std::to_array<const Rule*>({
    &kCommandNotVisible,
    &kContainerKeepsCapabilities,
    &kContainerNewPrivileges,
    &kContainerRunsAsRoot,
    &kContainerWritableRoot,
    &kGrantHasNoEffect,
    &kHostProcessesVisible,
    &kImageNotPinned,
    &kListenerOnAllInterfaces,
    &kMaskUndoneByLaterMount,
    &kMetadataServiceReachable,
    &kOrchestratorReadsSecrets,
    &kOrchestratorUnsandboxed,
    &kOutlivesClient,
    &kPackageNotPinned,
    &kPlaintextRemoteServer,
    &kRelativeTrySource,
    &kRemoteScriptExecuted,
    &kSandboxSharedBetweenServers,
    &kTerminalInjection,
    &kUnsandboxedServer,
});

}  // namespace

std::span<const Rule* const> AllRules() { return kRules; }

const Rule* FindRule(std::string_view id) {
  const auto found = std::lower_bound(
      kRules.begin(), kRules.end(), id,
      [](const Rule* rule, std::string_view wanted) { return rule->info.id < wanted; });
  return found != kRules.end() && (*found)->info.id == id ? *found : nullptr;
}

}  // namespace sandlint
