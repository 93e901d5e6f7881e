#pragma once

#include "rules/rule.h"

namespace sandlint {

// One line a rule, alphabetical; all.cpp lists the same names.
extern const Rule kAccessNotObserved;
extern const Rule kAgentSocketVisible;
extern const Rule kAllowlistExceedsDocumentedHosts;
extern const Rule kAllowlistStale;
extern const Rule kAwsVariablesInherited;
extern const Rule kBroadToken;
extern const Rule kBrowserServerSharesUser;
extern const Rule kCommandNotVisible;
extern const Rule kCommentCutsPath;
extern const Rule kConfigUnreadable;
extern const Rule kContainerKeepsCapabilities;
extern const Rule kContainerNewPrivileges;
extern const Rule kContainerRunsAsRoot;
extern const Rule kContainerWritableRoot;
extern const Rule kDnsOpen;
extern const Rule kDocumentedHostBlocked;
extern const Rule kDuplicateKey;
extern const Rule kEgressGap;
extern const Rule kEgressNotDeniedByDefault;
extern const Rule kEnvironmentVisibleThroughProc;
extern const Rule kFirewallHoldsNoServer;
extern const Rule kFirewallLineMisleads;
extern const Rule kFirewallNotInForce;
extern const Rule kGrantHasNoEffect;
extern const Rule kHomeDirectoryVisible;
extern const Rule kHostNetwork;
extern const Rule kHostProcessesVisible;
extern const Rule kImageAddsUnverifiedDownload;
extern const Rule kImageNotPinned;
extern const Rule kLibrariesNotVisible;
extern const Rule kListenerOnAllInterfaces;
extern const Rule kMaskUndoneByLaterMount;
extern const Rule kMetadataServiceReachable;
extern const Rule kNeededHostBlocked;
extern const Rule kNeededPathHidden;
extern const Rule kNeededVariableDropped;
extern const Rule kNetworkForLocalServer;
extern const Rule kNullDeviceMissing;
extern const Rule kObservedAccessOutsideGrant;
extern const Rule kObservedAccessUndocumented;
extern const Rule kOrchestratorAutoApproves;
extern const Rule kOrchestratorReadsSecrets;
extern const Rule kOrchestratorSecretsInSettings;
extern const Rule kOrchestratorUnsandboxed;
extern const Rule kOutlivesClient;
extern const Rule kPackageNotPinned;
extern const Rule kPlaintextRemoteServer;
extern const Rule kPolicyChangedInThisChange;
extern const Rule kProfileNotFound;
extern const Rule kProfileOutsideRepository;
extern const Rule kRelativeTrySource;
extern const Rule kRemoteScriptExecuted;
extern const Rule kResolverNotVisible;
extern const Rule kSandboxDoesNotStart;
extern const Rule kSandboxEscapePath;
extern const Rule kSandboxIsolatesNothing;
extern const Rule kSandboxSharedBetweenServers;
extern const Rule kSecretDirectoryVisible;
extern const Rule kSecretInImage;
extern const Rule kSecretVariablesInherited;
extern const Rule kServerCanEditOwnSandbox;
extern const Rule kShellNotVisible;
extern const Rule kShellServerInProcessSandbox;
extern const Rule kStartupFileWritable;
extern const Rule kSuppressionExpired;
extern const Rule kSuppressionUnused;
extern const Rule kTempDirectoryNotRemoved;
extern const Rule kTempDirectoryPermissions;
extern const Rule kTempDirectoryShared;
extern const Rule kTerminalInjection;
extern const Rule kTokenInArgument;
extern const Rule kTokenInConfig;
extern const Rule kTokenInUrl;
extern const Rule kToolsRunUnasked;
extern const Rule kTraceMissing;
extern const Rule kTraceOlderThanProfile;
extern const Rule kUnmodelledOption;
extern const Rule kUnsandboxedServer;

}  // namespace sandlint
