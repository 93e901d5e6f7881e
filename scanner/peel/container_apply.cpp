#include "scanner/peel/container_apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

namespace sandlint {
namespace {

/// Where a mode of --pid, --ipc, --uts or --cgroupns leads.
enum class Space { Own, Host, Other, Bad };

struct SpaceWord {
  std::string_view text;  ///< a `:` at its end: anything may follow
  Space space;
  Engines engines = Engines::Both;
};

/// Observed with docker 28 (client side checks) and podman 4.3.
constexpr std::array kPidWords = {
    SpaceWord{"", Space::Own},
    SpaceWord{"host", Space::Host},
    SpaceWord{"container:", Space::Other},
    SpaceWord{"private", Space::Own, Engines::Podman},
    SpaceWord{"ns:", Space::Other, Engines::Podman},
    SpaceWord{"pod", Space::Other, Engines::Podman},
};
constexpr std::array kIpcWords = {
    SpaceWord{"", Space::Own},
    SpaceWord{"none", Space::Own},
    SpaceWord{"private", Space::Own},
    SpaceWord{"shareable", Space::Own},
    SpaceWord{"host", Space::Host},
    SpaceWord{"container:", Space::Other},
    SpaceWord{"ns:", Space::Other, Engines::Podman},
    SpaceWord{"pod", Space::Other, Engines::Podman},
};
constexpr std::array kUtsWords = {
    SpaceWord{"", Space::Own},
    SpaceWord{"host", Space::Host},
    SpaceWord{"private", Space::Own, Engines::Podman},
    SpaceWord{"container:", Space::Other, Engines::Podman},
    SpaceWord{"ns:", Space::Other, Engines::Podman},
    SpaceWord{"pod", Space::Other, Engines::Podman},
};
constexpr std::array kCgroupWords = {
    SpaceWord{"", Space::Own},
    SpaceWord{"private", Space::Own},
    SpaceWord{"host", Space::Host},
    SpaceWord{"container:", Space::Other, Engines::Podman},
    SpaceWord{"ns:", Space::Other, Engines::Podman},
};

Space SpaceOf(std::span<const SpaceWord> table, Engine engine, std::string_view mode) {
  for (const SpaceWord& row : table) {
    if (!HasEngine(row.engines, engine)) continue;
    const bool prefix = row.text.ends_with(':');
    if (prefix ? mode.starts_with(row.text) : mode == row.text) return row.space;
  }
  return Space::Bad;
}

/// The space that a use asks for; what is not the container's own or the host's leaves a note.
Space Resolve(ContainerDraft& draft, const FlagUse& use, std::span<const SpaceWord> table) {
  if (!use.value.Known()) {
    draft.AddNote(Support::Unknown, use.Deciding(), use.row->facets,
                  "its value is not known here and may be `host`");
    return Space::Other;
  }
  const Space space = SpaceOf(table, draft.engine, use.value.text);
  if (space == Space::Other) {
    // The processes of another container lead to what is mounted in there.
    draft.AddNote(Support::Unmodelled, use.Deciding(), use.row->facets,
                  "a namespace of something that is not known here");
  } else if (space == Space::Bad) {
    draft.Problem(use.Deciding(), fmt::format("{} does not know this mode of --{} and stops",
                                              draft.Tool(), use.row->name));
  }
  return space;
}

std::optional<Word> HostWord(Space space, const FlagUse& use) {
  return space == Space::Host ? std::optional<Word>(use.Deciding()) : std::nullopt;
}

constexpr std::array<std::string_view, 41> kCapabilities = {"CHOWN",
                                                            "DAC_OVERRIDE",
                                                            "DAC_READ_SEARCH",
                                                            "FOWNER",
                                                            "FSETID",
                                                            "KILL",
                                                            "SETGID",
                                                            "SETUID",
                                                            "SETPCAP",
                                                            "LINUX_IMMUTABLE",
                                                            "NET_BIND_SERVICE",
                                                            "NET_BROADCAST",
                                                            "NET_ADMIN",
                                                            "NET_RAW",
                                                            "IPC_LOCK",
                                                            "IPC_OWNER",
                                                            "SYS_MODULE",
                                                            "SYS_RAWIO",
                                                            "SYS_CHROOT",
                                                            "SYS_PTRACE",
                                                            "SYS_PACCT",
                                                            "SYS_ADMIN",
                                                            "SYS_BOOT",
                                                            "SYS_NICE",
                                                            "SYS_RESOURCE",
                                                            "SYS_TIME",
                                                            "SYS_TTY_CONFIG",
                                                            "MKNOD",
                                                            "LEASE",
                                                            "AUDIT_WRITE",
                                                            "AUDIT_CONTROL",
                                                            "SETFCAP",
                                                            "MAC_OVERRIDE",
                                                            "MAC_ADMIN",
                                                            "SYSLOG",
                                                            "WAKE_ALARM",
                                                            "BLOCK_SUSPEND",
                                                            "AUDIT_READ",
                                                            "PERFMON",
                                                            "BPF",
                                                            "CHECKPOINT_RESTORE"};

/// Names come with or without CAP_, in any case; ALL is one of them.
bool KnownCapability(std::string_view name) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (upper.starts_with("CAP_")) upper.erase(0, 4);
  return upper == "ALL" ||
         std::find(kCapabilities.begin(), kCapabilities.end(), upper) != kCapabilities.end();
}

void AddCapabilities(ContainerDraft& draft, const FlagUse& use, std::vector<Word>& of_run,
                     std::vector<Word>& of_layer) {
  for (Word& word : Operands(draft, use)) {
    if (!word.Known()) {
      draft.AddNote(Support::Unknown, use.Deciding(), use.row->facets,
                    "which capability it names is not known here");
    } else if (!KnownCapability(word.text)) {
      draft.Problem(word, fmt::format("no capability has the name `{}`", word.text));
    }
    of_layer.push_back(word);
    of_run.push_back(std::move(word));
  }
}

}  // namespace

std::vector<Word> Operands(const ContainerDraft& draft, const FlagUse& use) {
  // pflag's StringSlice; docker has lists of its own, which keep commas.
  if (!draft.Podman()) return {use.value};
  return SplitAt(use.value, ',');
}

void ApplyHelp(ContainerDraft& draft, const FlagUse& use) {
  draft.Problem(use.option, fmt::format("{} prints its help and stops", draft.Tool()));
}

void ApplyUser(ContainerDraft& draft, const FlagUse& use) {
  const std::size_t colon = use.value.text.find(':');
  draft.layer.user = Part(use.value, 0, colon);
  draft.layer.group.reset();
  if (colon != std::string::npos) draft.layer.group = Part(use.value, colon + 1);
}

void ApplyUserNamespace(ContainerDraft& draft, const FlagUse& use) {
  draft.Run().userns = use.value;
  if (!draft.Podman() && use.value.Known() && use.value.text != "" && use.value.text != "host") {
    draft.Problem(use.Deciding(), "docker knows no other mode of --userns than `host`");
  }
}

void ApplyIdMap(ContainerDraft& draft, const FlagUse& use) { draft.Run().userns = use.value; }

void ApplyPid(ContainerDraft& draft, const FlagUse& use) {
  const Space space = Resolve(draft, use, kPidWords);
  draft.Run().pid_host = HostWord(space, use);
  draft.layer.shares_host_pids = space == Space::Host;
}

void ApplyIpc(ContainerDraft& draft, const FlagUse& use) {
  draft.Run().ipc_host = HostWord(Resolve(draft, use, kIpcWords), use);
}

void ApplyUts(ContainerDraft& draft, const FlagUse& use) {
  draft.Run().uts_host = HostWord(Resolve(draft, use, kUtsWords), use);
}

void ApplyCgroupNamespace(ContainerDraft& draft, const FlagUse& use) {
  draft.Run().cgroup_host = HostWord(Resolve(draft, use, kCgroupWords), use);
}

void ApplyCapAdd(ContainerDraft& draft, const FlagUse& use) {
  AddCapabilities(draft, use, draft.Run().cap_add, draft.layer.cap_add);
}

void ApplyCapDrop(ContainerDraft& draft, const FlagUse& use) {
  AddCapabilities(draft, use, draft.Run().cap_drop, draft.layer.cap_drop);
}

void ApplyPull(ContainerDraft& draft, const FlagUse& use) {
  constexpr std::array<std::string_view, 6> kPolicies = {"always", "missing", "never",
                                                         "newer",  "true",    "false"};
  const auto end = draft.Podman() ? kPolicies.end() : kPolicies.begin() + 3;
  if (use.value.Known() && std::find(kPolicies.begin(), end, use.value.text) == end) {
    draft.Problem(use.Deciding(), "--pull takes always, missing or never");
  }
  draft.Run().pull_always.reset();
  if (use.value.text == "always" || use.value.text == "newer" || use.value.text == "true") {
    draft.Run().pull_always = use.Deciding();
  }
}

void ApplyRuntime(ContainerDraft& draft, const FlagUse& use) {
  constexpr std::array<std::string_view, 11> kKnown = {
      "runc", "crun", "runsc",   "youki",     "nvidia",     "io.containerd.runc.v2",
      "krun", "kata", "kata-fc", "kata-qemu", "sysbox-runc"};
  const std::string_view name = BaseName(use.value.text);
  if (std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end()) return;
  draft.AddNote(Support::Unmodelled, use.Deciding(), Facet::Paths | Facet::Identity,
                "a runtime that is not known here");
}

void ApplyAddHost(ContainerDraft& draft, const FlagUse& use) {
  // host-gateway is an address at which the host answers: Docker Desktop leads it to the host's
  // loopback, an engine on Linux to the bridge.
  if (use.value.text.ends_with("host-gateway")) draft.layer.network.reaches_host_loopback = true;
}

void ApplyHost(ContainerDraft& draft, const FlagUse& use) {
  const bool local = use.value.Known() && use.value.text.starts_with("unix://");
  draft.AddNote(Support::Unmodelled, use.Deciding(),
                local ? Facet::Identity : Facet::Paths | Facet::Egress | Facet::Identity,
                local ? "which user this engine runs as is not known here"
                      : "the machine behind it is not this one");
}

}  // namespace sandlint
