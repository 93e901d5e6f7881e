// Every setting of [Service] that systemd 252 knows (its --dump-configuration-items), with what is
// made of it.

#include <algorithm>
#include <array>
#include <string>

#include "scanner/peel/systemd_apply.h"

namespace sandlint {
namespace {

/// Nothing of what a server can reach depends on them.
constexpr auto kIrrelevant = std::to_array<std::string_view>({
    "AllowedCPUs",
    "AllowedMemoryNodes",
    "BlockIOAccounting",
    "BlockIODeviceWeight",
    "BlockIOReadBandwidth",
    "BlockIOWeight",
    "BlockIOWriteBandwidth",
    "BusName",
    "CPUAccounting",
    "CPUAffinity",
    "CPUQuota",
    "CPUQuotaPeriodSec",
    "CPUSchedulingPolicy",
    "CPUSchedulingPriority",
    "CPUSchedulingResetOnFork",
    "CPUShares",
    "CPUWeight",
    "CacheDirectoryMode",
    "ConfigurationDirectoryMode",
    "CoredumpFilter",
    "DefaultMemoryLow",
    "DefaultMemoryMin",
    "Delegate",
    "DisableControllers",
    "ExecCondition",
    "ExecReload",
    "ExecStartPost",
    "ExecStartPre",
    "ExecStop",
    "ExecStopPost",
    "ExitType",
    "FailureAction",
    "FileDescriptorStoreMax",
    "FinalKillSignal",
    "GuessMainPID",
    "IOAccounting",
    "IODeviceLatencyTargetSec",
    "IODeviceWeight",
    "IOReadBandwidthMax",
    "IOReadIOPSMax",
    "IOSchedulingClass",
    "IOSchedulingPriority",
    "IOWeight",
    "IOWriteBandwidthMax",
    "IOWriteIOPSMax",
    "IPAccounting",
    "IgnoreSIGPIPE",
    "KeyringMode",
    "KillMode",
    "KillSignal",
    "LimitAS",
    "LimitCORE",
    "LimitCPU",
    "LimitDATA",
    "LimitFSIZE",
    "LimitLOCKS",
    "LimitMEMLOCK",
    "LimitMSGQUEUE",
    "LimitNICE",
    "LimitNOFILE",
    "LimitNPROC",
    "LimitRSS",
    "LimitRTPRIO",
    "LimitRTTIME",
    "LimitSIGPENDING",
    "LimitSTACK",
    "LogExtraFields",
    "LogLevelMax",
    "LogNamespace",
    "LogRateLimitBurst",
    "LogRateLimitIntervalSec",
    "LogsDirectoryMode",
    "ManagedOOMMemoryPressure",
    "ManagedOOMMemoryPressureLimit",
    "ManagedOOMPreference",
    "ManagedOOMSwap",
    "MemoryAccounting",
    "MemoryHigh",
    "MemoryLimit",
    "MemoryLow",
    "MemoryMax",
    "MemoryMin",
    "MemorySwapMax",
    "MountAPIVFS",
    "NUMAMask",
    "NUMAPolicy",
    "Nice",
    "NonBlocking",
    "NotifyAccess",
    "OOMPolicy",
    "OOMScoreAdjust",
    "PIDFile",
    "Personality",
    "RebootArgument",
    "RemainAfterExit",
    "RemoveIPC",
    "Restart",
    "RestartForceExitStatus",
    "RestartKillSignal",
    "RestartPreventExitStatus",
    "RestartSec",
    "RuntimeDirectoryMode",
    "RuntimeDirectoryPreserve",
    "RuntimeRandomizedExtraSec",
    "SendSIGHUP",
    "SendSIGKILL",
    "Slice",
    "StandardError",
    "StandardInputData",
    "StandardInputText",
    "StartLimitAction",
    "StartLimitBurst",
    "StartLimitInterval",
    "StartupAllowedCPUs",
    "StartupAllowedMemoryNodes",
    "StartupBlockIOWeight",
    "StartupCPUShares",
    "StartupCPUWeight",
    "StartupIOWeight",
    "StateDirectoryMode",
    "SuccessExitStatus",
    "SyslogFacility",
    "SyslogIdentifier",
    "SyslogLevel",
    "SyslogLevelPrefix",
    "SystemCallErrorNumber",
    "SystemCallLog",
    "TTYColumns",
    "TTYPath",
    "TTYReset",
    "TTYRows",
    "TTYVHangup",
    "TTYVTDisallocate",
    "TasksAccounting",
    "TasksMax",
    "TimeoutAbortSec",
    "TimeoutCleanSec",
    "TimeoutSec",
    "TimeoutStartFailureMode",
    "TimeoutStartSec",
    "TimeoutStopFailureMode",
    "TimeoutStopSec",
    "TimerSlackNSec",
    "Type",
    "UMask",
    "USBFunctionDescriptors",
    "USBFunctionStrings",
    "UtmpIdentifier",
    "UtmpMode",
    "WatchdogSec",
    "WatchdogSignal",
});

/// They only take something away, and that is not followed.
constexpr auto kNarrowing = std::to_array<std::string_view>({
    "AppArmorProfile",
    "SELinuxContext",
    "SmackProcessLabel",
    "BPFProgram",
    "DeviceAllow",
    "DevicePolicy",
    "ExecPaths",
    "IPEgressFilterPath",
    "IPIngressFilterPath",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoExecPaths",
    "PrivateIPC",
    "PrivateMounts",
    "ProcSubset",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "ProtectProc",
    "RestrictFileSystems",
    "RestrictNamespaces",
    "RestrictNetworkInterfaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "SecureBits",
    "SocketBindAllow",
    "SocketBindDeny",
    "SystemCallArchitectures",
});

struct UnmodelledRow {
  std::string_view name;
  Facet facets;
  std::string_view why;
};
constexpr auto kUnmodelled = std::to_array<UnmodelledRow>({
    {"ExecSearchPath", Facet::None, "which program this finds is not followed"},
    {"ExtensionDirectories", Facet::Paths, "what it lays over the files is not read"},
    {"ExtensionImages", Facet::Paths, "what it lays over the files is not read"},
    {"IPCNamespacePath", Facet::None, "it enters an IPC namespace of another process"},
    {"LoadCredential", Facet::None, "it hands a secret over in a file of its own"},
    {"LoadCredentialEncrypted", Facet::None, "it hands a secret over in a file of its own"},
    {"MountFlags", Facet::None, "how mounts spread is not followed"},
    {"MountImages", Facet::Paths, "what is in the image is not read"},
    {"PAMName", Facet::Environment, "a PAM session sets variables of its own"},
    {"PermissionsStartOnly", Facet::All, "not all commands run in the same sandbox"},
    {"RootDirectoryStartOnly", Facet::Paths, "not all commands run in the same root"},
    {"RootHash", Facet::None, "it checks the image"},
    {"RootHashSignature", Facet::None, "it checks the image"},
    {"RootImage", Facet::Paths, "what is in the image is not read"},
    {"RootImageOptions", Facet::None, "options of the image"},
    {"RootVerity", Facet::None, "it checks the image"},
    {"SetCredential", Facet::None, "it hands a secret over in a file of its own"},
    {"SetCredentialEncrypted", Facet::None, "it hands a secret over in a file of its own"},
    {"Sockets", Facet::None, "sockets that it gets open"},
    {"SupplementaryGroups", Facet::Paths, "the groups of the process are not those of its user"},
});

template <typename Names>
bool IsIn(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

bool IsSystemdProperty(std::string_view name) {
  return FindSystemdApplier(name) != nullptr || IsIn(kIrrelevant, name) || IsIn(kNarrowing, name) ||
         std::ranges::find(kUnmodelled, name, &UnmodelledRow::name) != kUnmodelled.end();
}

bool IsSystemdSandbox(std::string_view name) {
  const bool addresses = name == "IPAddressAllow" || name == "IPAddressDeny";
  return !addresses && IsSystemdProperty(name) && !IsIn(kIrrelevant, name) &&
         name.find("Device") == std::string_view::npos;
}

bool ApplySystemdProperty(SystemdSettings& settings, const Word& name, const Word& value,
                          const PeelContext& context) {
  const auto note = [&](Support support, Facet facets, std::string_view why) {
    settings.notes.push_back({support, name, facets, std::string(why)});
  };
  if (const SystemdApplier apply = FindSystemdApplier(name.text)) {
    apply({settings, name, value, SystemdWords(value, settings, context)});
    return true;
  }
  if (IsIn(kIrrelevant, name.text) || name.text.starts_with("X-")) return true;
  if (IsIn(kNarrowing, name.text)) {
    note(Support::Unmodelled, Facet::None,
         "it only takes something away, and that is not followed");
    return true;
  }
  const auto row = std::ranges::find(kUnmodelled, name.text, &UnmodelledRow::name);
  if (row != kUnmodelled.end()) {
    note(Support::Unmodelled, row->facets, row->why);
    return true;
  }
  note(Support::Unknown, Facet::All, "no such property is known");
  return false;
}

}  // namespace sandlint
