#pragma once

#include "rules/rule.h"

namespace sandlint {

// One line a rule, alphabetical; all.cpp lists the same names.
extern const Rule kCommandNotVisible;
extern const Rule kContainerKeepsCapabilities;
extern const Rule kContainerNewPrivileges;
extern const Rule kContainerRunsAsRoot;
extern const Rule kContainerWritableRoot;
extern const Rule kGrantHasNoEffect;
extern const Rule kHostProcessesVisible;
extern const Rule kImageNotPinned;
extern const Rule kListenerOnAllInterfaces;
extern const Rule kMaskUndoneByLaterMount;
extern const Rule kMetadataServiceReachable;
extern const Rule kOrchestratorReadsSecrets;
extern const Rule kOrchestratorUnsandboxed;
extern const Rule kOutlivesClient;
extern const Rule kPackageNotPinned;
extern const Rule kPlaintextRemoteServer;
extern const Rule kRelativeTrySource;
extern const Rule kRemoteScriptExecuted;
extern const Rule kSandboxSharedBetweenServers;
extern const Rule kTerminalInjection;
extern const Rule kUnsandboxedServer;

}  // namespace sandlint
