#include "rules/all.h"

#include <algorithm>
#include <array>

#include "rules/policy_rules.h"

namespace sandlint {
namespace {

// Alphabetical by id: FindRule searches by halves.
constexpr auto kRules = std::to_array<const Rule*>({
    &kAccessNotObserved,
    &kAgentSocketVisible,
    &kAllowlistExceedsDocumentedHosts,
    &kAllowlistStale,
    &kAwsVariablesInherited,
    &kBroadToken,
    &kBrowserServerSharesUser,
    &kCommandNotVisible,
    &kCommentCutsPath,
    &kConfigUnreadable,
    &kContainerKeepsCapabilities,
    &kContainerNewPrivileges,
    &kContainerRunsAsRoot,
    &kContainerWritableRoot,
    &kDnsOpen,
    &kDocumentedHostBlocked,
    &kDuplicateKey,
    &kEgressGap,
    &kEgressNotDeniedByDefault,
    &kEnvironmentVisibleThroughProc,
    &kFirewallHoldsNoServer,
    &kFirewallLineMisleads,
    &kFirewallNotInForce,
    &kGrantHasNoEffect,
    &kHomeDirectoryVisible,
    &kHostNetwork,
    &kHostProcessesVisible,
    &kImageAddsUnverifiedDownload,
    &kImageNotPinned,
    &kLibrariesNotVisible,
    &kListenerOnAllInterfaces,
    &kMaskUndoneByLaterMount,
    &kMetadataServiceReachable,
    &kNeededHostBlocked,
    &kNeededPathHidden,
    &kNeededVariableDropped,
    &kNetworkForLocalServer,
    &kNullDeviceMissing,
    &kObservedAccessOutsideGrant,
    &kObservedAccessUndocumented,
    &kOrchestratorAutoApproves,
    &kOrchestratorReadsSecrets,
    &kOrchestratorSecretsInSettings,
    &kOrchestratorUnsandboxed,
    &kOutlivesClient,
    &kPackageNotPinned,
    &kPlaintextRemoteServer,
    &kPolicyChangedInThisChange,
    &kProfileNotFound,
    &kProfileOutsideRepository,
    &kRelativeTrySource,
    &kRemoteScriptExecuted,
    &kResolverNotVisible,
    &kSandboxDoesNotStart,
    &kSandboxEscapePath,
    &kSandboxIsolatesNothing,
    &kSandboxSharedBetweenServers,
    &kSecretDirectoryVisible,
    &kSecretInImage,
    &kSecretVariablesInherited,
    &kServerCanEditOwnSandbox,
    &kShellNotVisible,
    &kShellServerInProcessSandbox,
    &kStartupFileWritable,
    &kSuppressionExpired,
    &kSuppressionOpenEnded,
    &kSuppressionUnused,
    &kTempDirectoryNotRemoved,
    &kTempDirectoryPermissions,
    &kTempDirectoryShared,
    &kTerminalInjection,
    &kTokenInArgument,
    &kTokenInConfig,
    &kTokenInUrl,
    &kToolsRunUnasked,
    &kTraceMissing,
    &kTraceOlderThanProfile,
    &kUnmodelledOption,
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
