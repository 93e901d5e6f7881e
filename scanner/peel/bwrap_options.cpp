// The options of bubblewrap: bubblewrap.c (parse_args_recurse) to 0.11.1, observed with 0.8.0.

#include "scanner/peel/bwrap_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sandlint {
namespace {

using Words = std::span<const Word>;
using State = BwrapState;

std::optional<long> Number(std::string_view text, int base) {
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Descriptors of a server: 0, 1 and 2 are open, anything else depends on who starts it.
void CheckDescriptor(State& state, const Word& fd) {
  const auto number = Number(fd.text, 10);
  if (!fd.Known()) return;
  if (!number || *number < 0) {
    state.Fatal(fd, fmt::format("'{}' is no file descriptor", fd.text));
  } else if (*number > 2) {
    state.Fatal(fd,
                fmt::format("descriptor {} is open only if whoever starts bwrap opens it", *number),
                Answer::Unknown);
  }
}

Mount& AddMount(State& state, MountKind kind, Words words) {
  Mount mount;
  mount.kind = kind;
  mount.option = words[0];
  mount.target = words.back();
  if (words.size() > 2) mount.source = words[1];
  if (state.perms) {
    const auto mode = Number(state.perms->text, 8);
    if (mode) mount.mode = static_cast<std::uint32_t>(*mode);
  }
  state.layer.mounts.push_back(std::move(mount));
  return state.layer.mounts.back();
}

template <bool kReadOnly, bool kDevices, bool kOptional>
void Bind(State& state, Words words) {
  Mount& mount = AddMount(state, MountKind::Bind, words);
  mount.read_only = kReadOnly;
  mount.devices = kDevices;
  mount.optional = kOptional;
}

template <MountKind kKind>
void Place(State& state, Words words) {
  AddMount(state, kKind, words);
}

template <bool kReadOnly>
void BindDescriptor(State& state, Words words) {
  CheckDescriptor(state, words[1]);
  Mount& mount = AddMount(state, MountKind::Bind, words);
  mount.read_only = kReadOnly;
  // What the descriptor leads to is not known here: any host directory could appear.
  mount.source.holes = {{0, static_cast<std::uint32_t>(words[1].text.size()),
                         fmt::format("descriptor {}", words[1].text), false}};
}

template <MountKind kKind, bool kReadOnly>
void FromDescriptor(State& state, Words words) {
  CheckDescriptor(state, words[1]);
  AddMount(state, kKind, words).read_only = kReadOnly;
}

void Overlay(State& state, Words words) {
  const bool read_only = words[0].text == "--ro-overlay";
  const std::size_t least = read_only ? 2 : 1;
  if (state.overlay_sources.size() < least) {
    state.Fatal(words[0],
                fmt::format("{} needs at least {} --overlay-src before it", words[0].text, least));
  }
  Mount mount;
  mount.kind = MountKind::Overlay;
  mount.option = words[0];
  mount.target = words.back();
  if (words.size() == 4)
    mount.source = words[1];  // RWSRC takes the writes, WORKDIR is the kernel's
  mount.read_only = read_only;
  mount.overlay_sources = std::move(state.overlay_sources);
  state.overlay_sources.clear();
  state.layer.mounts.push_back(std::move(mount));
}

void OverlaySource(State& state, Words words) { state.overlay_sources.push_back(words[1]); }

void Chmod(State& state, Words words) {
  if (words[1].Known() && !Number(words[1].text, 8)) {
    state.Fatal(words[1], fmt::format("'{}' is no octal mode", words[1].text));
  }
  AddMount(state, MountKind::Chmod, words);
}

void Perms(State& state, Words words) {
  const auto mode = Number(words[1].text, 8);
  if (words[1].Known() && (!mode || *mode < 0 || *mode > 07777)) {
    state.Fatal(words[1], fmt::format("'{}' is no octal mode", words[1].text));
  }
  if (state.perms) state.Fatal(words[0], "--perms twice in a row");
  state.perms = words[1];
}

void Size(State& state, Words words) {
  const auto size = Number(words[1].text, 10);
  if (words[1].Known() && size && *size <= 0) {
    state.Fatal(words[1], "--size takes a number of bytes that is not zero");
  } else if (words[1].Known() && !size && !words[1].text.starts_with("0")) {
    state.Fatal(words[1], fmt::format("'{}' is no number of bytes", words[1].text));
  }
  if (state.size) state.Fatal(words[0], "--size twice in a row");
  state.size = words[1];
}

void UnshareAll(State& state, Words words) {
  Namespaces& ns = state.layer.namespaces;
  state.unshare_all = state.unshare_pid = state.unshare_uts = state.unshare_net = words[0];
  state.network_shared = false;
  if (!ns.user) {
    ns.user = words[0];
    ns.user_optional = true;
  }
  ns.pid = ns.ipc = ns.uts = ns.cgroup = words[0];
}

void UnshareUser(State& state, Words words) {
  state.unshare_user = words[0];
  state.layer.namespaces.user = words[0];
  state.layer.namespaces.user_optional = false;
}
void UnshareUserTry(State& state, Words words) {
  if (state.layer.namespaces.user) return;
  state.layer.namespaces.user = words[0];
  state.layer.namespaces.user_optional = true;
}
void UnshareIpc(State& state, Words words) { state.layer.namespaces.ipc = words[0]; }
void UnsharePid(State& state, Words words) {
  state.unshare_pid = state.layer.namespaces.pid = words[0];
}
void UnshareUts(State& state, Words words) {
  state.unshare_uts = state.layer.namespaces.uts = words[0];
}
void UnshareCgroup(State& state, Words words) { state.layer.namespaces.cgroup = words[0]; }
void UnshareNet(State& state, Words words) {
  state.unshare_net = words[0];
  state.network_shared = false;
}
void ShareNet(State& state, Words words) {
  state.share_net = words[0];
  state.network_shared = true;
}

void ClearEnv(State& state, Words words) {
  EnvEdit edit;
  edit.kind = EnvKind::Reset;
  edit.option = words[0];
  state.layer.environment.push_back(std::move(edit));
}
void SetEnv(State& state, Words words) {
  if (words[1].Known() && (words[1].text.empty() || words[1].text.find('=') != std::string::npos)) {
    state.Fatal(words[1], "a variable's name is not empty and holds no '='");
  }
  state.layer.environment.push_back({EnvKind::Set, words[0], words[1], words[2], {}});
}
void UnsetEnv(State& state, Words words) {
  if (words[1].Known() && (words[1].text.empty() || words[1].text.find('=') != std::string::npos)) {
    state.Fatal(words[1], "a variable's name is not empty and holds no '='");
  }
  state.layer.environment.push_back({EnvKind::Unset, words[0], words[1], {}, {}});
}

template <Boxed<Word> Layer::*kField>
void Remember(State& state, Words words) {
  state.layer.*kField = words.back();
}
template <std::optional<Word> BwrapState::*kField>
void Keep(State& state, Words words) {
  state.*kField = words[0];
}

template <Boxed<Word> Layer::*kField>
void Id(State& state, Words words) {
  const auto number = Number(words[1].text, 10);
  if (words[1].Known() && (!number || *number < 0)) {
    state.Fatal(words[1], fmt::format("'{}' is no user or group id", words[1].text));
  }
  state.layer.*kField = words[1];
}

void Seccomp(State& state, Words words) {
  CheckDescriptor(state, words[1]);
  if (state.add_seccomp || (state.seccomp && words[0].text == "--add-seccomp-fd")) {
    if (words[0].text == "--seccomp") {
      state.Fatal(words[0], "--seccomp and --add-seccomp-fd cannot be combined");
    }
  }
  state.seccomp = words[0];
  state.layer.seccomp = words[0];
}
void AddSeccomp(State& state, Words words) {
  CheckDescriptor(state, words[1]);
  if (state.seccomp) state.Fatal(words[0], "--seccomp and --add-seccomp-fd cannot be combined");
  state.add_seccomp = words[0];
  state.layer.seccomp = words[0];
}

void Descriptor(State& state, Words words) { CheckDescriptor(state, words[1]); }
void InfoFd(State& state, Words words) {
  CheckDescriptor(state, words[1]);
  state.info_fd = words[0];
}
void UsernsBlock(State& state, Words words) {
  CheckDescriptor(state, words[1]);
  state.userns_block = words[0];
}
void Arguments(State& state, Words words) {
  CheckDescriptor(state, words[1]);
  state.Fatal(words[0], "what its options ask for is not known here", Answer::Unknown);
}
void NamespaceFd(State& state, Words words) {
  CheckDescriptor(state, words[1]);
  const auto number = Number(words[1].text, 10);
  if (words[1].Known() && number && *number >= 0 && *number <= 2) {
    state.Fatal(words[1], "the standard streams of a server are no namespaces");
  }
}
void UserNamespaceFd(State& state, Words words) {
  NamespaceFd(state, words);
  state.userns = words[0];
}

/// bwrap knows capabilities by the names of libcap: CAP_… in any case, or ALL.
constexpr auto kCapabilities = std::to_array<std::string_view>({"CHOWN",
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
                                                                "CHECKPOINT_RESTORE"});

bool IsCapability(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  if (text == "ALL") return true;
  if (!text.starts_with("CAP_")) return false;
  const std::string_view name = std::string_view(text).substr(4);
  if (std::ranges::find(kCapabilities, name) != kCapabilities.end()) return true;
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

void CapAdd(State& state, Words words) {
  if (words[1].Known() && !IsCapability(words[1].text)) {
    state.Fatal(words[1], fmt::format("unknown cap: {}", words[1].text));
  }
  state.layer.cap_add.push_back(words[1]);
}
void CapDrop(State& state, Words words) {
  if (words[1].Known() && !IsCapability(words[1].text)) {
    state.Fatal(words[1], fmt::format("unknown cap: {}", words[1].text));
  }
  // Applied in order: what a later --cap-drop names is gone again.
  std::erase_if(state.layer.cap_add, [&](const Word& added) {
    return words[1].text == "ALL" || added.text == words[1].text;
  });
  state.layer.cap_drop.push_back(words[1]);
}

void Label(State& state, Words words) {
  state.Fatal(words[0], "bwrap stops where SELinux is off", Answer::Unknown);
}

void Argv0(State& state, Words words) {
  if (state.argv0) state.Fatal(words[0], "--argv0 twice");
  state.argv0 = words[0];
}
void Exits(State& state, Words words) {
  state.exits = true;
  state.Fatal(words[0], fmt::format("{} prints and exits", words[0].text));
}

constexpr Support kModelled = Support::Modelled;
constexpr Support kIrrelevant = Support::Irrelevant;
constexpr Support kUnmodelled = Support::Unmodelled;

constexpr auto kOptions = std::to_array<BwrapOption>({
    {"--help", 0, 0, kModelled, Exits},
    {"--version", 0, 0, kModelled, Exits},
    {"--args", 1, 0, kUnmodelled, Arguments, Facet::All, "its options come from a descriptor"},
    {"--argv0", 1, 9, kIrrelevant, Argv0},
    {"--level-prefix", 0, 11, kIrrelevant, nullptr},
    {"--unshare-all", 0, 0, kModelled, UnshareAll},
    {"--share-net", 0, 0, kModelled, ShareNet},
    {"--unshare-user", 0, 0, kModelled, UnshareUser},
    {"--unshare-user-try", 0, 0, kModelled, UnshareUserTry},
    {"--unshare-ipc", 0, 0, kModelled, UnshareIpc},
    {"--unshare-pid", 0, 0, kModelled, UnsharePid},
    {"--unshare-net", 0, 0, kModelled, UnshareNet},
    {"--unshare-uts", 0, 0, kModelled, UnshareUts},
    {"--unshare-cgroup", 0, 0, kModelled, UnshareCgroup},
    {"--unshare-cgroup-try", 0, 0, kModelled, UnshareCgroup},
    {"--userns", 1, 0, kUnmodelled, UserNamespaceFd, Facet::Identity | Facet::Paths,
     "it joins a user namespace that is not known here"},
    {"--userns2", 1, 0, kUnmodelled, NamespaceFd, Facet::Identity | Facet::Paths,
     "it joins a user namespace that is not known here"},
    {"--disable-userns", 0, 8, kModelled, Keep<&BwrapState::disable_userns>},
    {"--assert-userns-disabled", 0, 8, kIrrelevant, Keep<&BwrapState::assert_disabled>},
    {"--pidns", 1, 0, kUnmodelled, NamespaceFd, Facet::Identity | Facet::Environment,
     "it joins a pid namespace that is not known here"},
    {"--uid", 1, 0, kModelled, Id<&Layer::inner_uid>},
    {"--gid", 1, 0, kModelled, Id<&Layer::inner_gid>},
    {"--hostname", 1, 0, kIrrelevant, Keep<&BwrapState::hostname>},
    {"--chdir", 1, 0, kModelled, Remember<&Layer::chdir>},
    {"--clearenv", 0, 5, kModelled, ClearEnv},
    {"--setenv", 2, 0, kModelled, SetEnv},
    {"--unsetenv", 1, 0, kModelled, UnsetEnv},
    {"--lock-file", 1, 0, kIrrelevant, nullptr},
    {"--sync-fd", 1, 0, kIrrelevant, Descriptor},
    {"--bind", 2, 0, kModelled, Bind<false, false, false>},
    {"--bind-try", 2, 0, kModelled, Bind<false, false, true>},
    {"--dev-bind", 2, 0, kModelled, Bind<false, true, false>},
    {"--dev-bind-try", 2, 0, kModelled, Bind<false, true, true>},
    {"--ro-bind", 2, 0, kModelled, Bind<true, false, false>},
    {"--ro-bind-try", 2, 0, kModelled, Bind<true, false, true>},
    {"--bind-fd", 2, 0, kModelled, BindDescriptor<false>},
    {"--ro-bind-fd", 2, 0, kModelled, BindDescriptor<true>},
    {"--remount-ro", 1, 0, kModelled, Place<MountKind::RemountReadOnly>},
    {"--overlay-src", 1, 11, kModelled, OverlaySource},
    {"--overlay", 3, 11, kModelled, Overlay},
    {"--tmp-overlay", 1, 11, kModelled, Overlay},
    {"--ro-overlay", 1, 11, kModelled, Overlay},
    {"--exec-label", 1, 0, kIrrelevant, Label},
    {"--file-label", 1, 0, kIrrelevant, Label},
    {"--proc", 1, 0, kModelled, Place<MountKind::Proc>},
    {"--dev", 1, 0, kModelled, Place<MountKind::Devices>},
    {"--tmpfs", 1, 0, kModelled, Place<MountKind::Tmpfs>},
    {"--mqueue", 1, 0, kModelled, Place<MountKind::Mqueue>},
    {"--dir", 1, 0, kModelled, Place<MountKind::Directory>},
    {"--file", 2, 0, kModelled, FromDescriptor<MountKind::File, false>},
    {"--bind-data", 2, 0, kModelled, FromDescriptor<MountKind::Data, false>},
    {"--ro-bind-data", 2, 0, kModelled, FromDescriptor<MountKind::Data, true>},
    {"--symlink", 2, 0, kModelled, Place<MountKind::Symlink>},
    {"--seccomp", 1, 0, kModelled, Seccomp},
    {"--add-seccomp-fd", 1, 5, kModelled, AddSeccomp},
    {"--block-fd", 1, 0, kIrrelevant, Descriptor},
    {"--userns-block-fd", 1, 0, kIrrelevant, UsernsBlock},
    {"--info-fd", 1, 0, kIrrelevant, InfoFd},
    {"--json-status-fd", 1, 0, kIrrelevant, Descriptor},
    {"--new-session", 0, 0, kModelled, Remember<&Layer::new_session>},
    {"--die-with-parent", 0, 0, kModelled, Remember<&Layer::die_with_parent>},
    {"--as-pid-1", 0, 0, kModelled, Remember<&Layer::as_pid_1>},
    {"--cap-add", 1, 0, kModelled, CapAdd},
    {"--cap-drop", 1, 0, kModelled, CapDrop},
    {"--perms", 1, 5, kModelled, Perms},
    {"--size", 1, 7, kModelled, Size},
    {"--chmod", 2, 5, kModelled, Chmod},
});

}  // namespace

std::span<const BwrapOption> BwrapOptions() { return kOptions; }

}  // namespace sandlint
