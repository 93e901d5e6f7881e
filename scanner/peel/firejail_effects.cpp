#include "scanner/peel/firejail_effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/options.h"
#include "scanner/peel/user.h"

namespace sandlint {
namespace {

constexpr auto kCapabilities = std::to_array<std::string_view>({
    "audit_control",   "audit_read",   "audit_write",
    "block_suspend",   "bpf",          "checkpoint_restore",
    "chown",           "dac_override", "dac_read_search",
    "fowner",          "fsetid",       "ipc_lock",
    "ipc_owner",       "kill",         "lease",
    "linux_immutable", "mac_admin",    "mac_override",
    "mknod",           "net_admin",    "net_bind_service",
    "net_broadcast",   "net_raw",      "perfmon",
    "setfcap",         "setgid",       "setpcap",
    "setuid",          "sys_admin",    "sys_boot",
    "sys_chroot",      "sys_module",   "sys_nice",
    "sys_pacct",       "sys_ptrace",   "sys_rawio",
    "sys_resource",    "sys_time",     "sys_tty_config",
    "syslog",          "wake_alarm",
});

/// Variables that the C library of a set-user-id program drops before main (glibc).
constexpr auto kUnsecure = std::to_array<std::string_view>({
    "GCONV_PATH",     "GETCONF_DIR",     "GLIBC_TUNABLES",  "HOSTALIASES",   "LD_AUDIT",
    "LD_DEBUG",       "LD_DEBUG_OUTPUT", "LD_DYNAMIC_WEAK", "LD_HWCAP_MASK", "LD_LIBRARY_PATH",
    "LD_ORIGIN_PATH", "LD_PRELOAD",      "LD_PROFILE",      "LD_SHOW_AUXV",  "LOCALDOMAIN",
    "LOCPATH",        "MALLOC_TRACE",    "NIS_PATH",        "NLSPATH",       "RESOLV_HOST_CONF",
    "RES_OPTIONS",    "TMPDIR",          "TZDIR",
});

constexpr auto kProtocols =
    std::to_array<std::string_view>({"bluetooth", "inet", "inet6", "netlink", "packet", "unix"});
constexpr auto kNamespaces =
    std::to_array<std::string_view>({"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"});

struct Fixed {
  std::string_view name;
  std::string_view value;
};
/// What firejail sets for the program, whatever was there before.
constexpr auto kDefaults = std::to_array<Fixed>({
    {"QT_X11_NO_MITSHM", "1"},
    {"QML_DISABLE_DISK_CACHE", "1"},
    {"container", "firejail"},
    {"KDE_FORK_SLAVES", "1"},
    {"PROMPT_COMMAND", ":"},
});

std::vector<std::string> Items(const std::string& list) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    if (comma > at) items.push_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return items;
}

void Sets(Boxed<Word>& word, const Directive& line) {
  if (!word) word = line.keyword;
}

/// The list stops calls that make or connect sockets. Without connect() alone a program still sends
/// and opens connections (sendto, MSG_FASTOPEN; observed).
bool StopsSockets(const Directive& list) {
  for (const std::string& item : Items(list.argument.text)) {
    const std::string call = item.substr(0, item.find(':'));  // `socket:EPERM`
    if (call == "socket" || call == "connect" || call == "@network-io") return true;
  }
  return false;
}

/// A name in the list of `line` that is not in `known`.
template <typename Names>
void CheckNames(FirejailState& state, const Directive& line, const Names& known) {
  for (std::string item : Items(line.argument.text)) {
    if (item.find_first_of("-+=") == 0) item.erase(0, 1);
    if (item.empty() || std::ranges::find(known, item) != known.end()) continue;
    state.Fatal(line.argument, fmt::format("{} knows no {}", line.keyword.text, item));
    return;
  }
}

void CutSockets(FirejailState& state, const Word& word, bool internet, bool unix_sockets) {
  Layer& layer = state.layer;
  if (internet && layer.network.mode == NetworkMode::Inherit) {
    layer.network = {NetworkMode::None, word};
    layer.network.keeps_abstract_sockets = !unix_sockets;
    // The filter sees no socket that io_uring makes (observed with 0.9.72 and every --seccomp).
    layer.network.assuming = "io_uring is off (kernel.io_uring_disabled)";
  }
  if (unix_sockets) layer.no_unix_sockets = word;
}

}  // namespace

void BindDirective(FirejailState& state, const Directive& line) {
  if (!state.root) {
    state.Fatal(line.keyword, "firejail takes bind from root alone");
    return;
  }
  const std::size_t comma = line.argument.text.find(',');
  if (comma == std::string::npos) {
    state.Fatal(line.argument, "bind needs two paths with a comma between them");
  }
}

void DbusPolicy(FirejailState& state, const Directive& line) {
  const std::string& value = line.argument.text;
  if (line.keyword.text != "nodbus" && value != "none" && value != "filter") {
    state.Fatal(line.argument, fmt::format("firejail knows no D-Bus policy {}", value));
  }
  state.has_nodbus = true;
  for (const char* bus : {"user", "system"}) {
    const bool named = line.keyword.text == "nodbus" || line.keyword.text.ends_with(bus);
    if (!named) continue;
    const bool session = std::string_view(bus) == "user";
    state.environment.push_back(
        {EnvKind::Set,
         line.keyword,
         MadeUp(session ? "DBUS_SESSION_BUS_ADDRESS" : "DBUS_SYSTEM_BUS_ADDRESS", line.keyword),
         MadeUp(fmt::format("unix:path=/run/firejail/mnt/dbus/{}", bus), line.keyword),
         {}});
  }
}

void DropCapabilities(FirejailState& state, const Directive& line) {
  if (line.argument.text == "all") {
    state.layer.cap_drop.push_back(MadeUp("ALL", line.argument));
    return;
  }
  CheckNames(state, line, kCapabilities);
  state.layer.cap_drop.push_back(line.argument);
}

void KeepCapabilities(FirejailState& state, const Directive& line) {
  CheckNames(state, line, kCapabilities);
  state.layer.cap_drop.push_back(MadeUp("ALL", line.keyword));
  // The bounding set counts for root alone; a user has no capability to begin with.
  if (state.root) state.layer.cap_add.push_back(line.argument);
}

void IpcNamespace(FirejailState& state, const Directive& line) {
  state.layer.namespaces.ipc = line.keyword;
}

void JoinOrStart(FirejailState& state, const Directive& line) {
  // Without a sandbox of this name it starts one of its own, with what the rest of the profile
  // says.
  if (!state.layer.joins) state.layer.joins = line.argument;
  NotUnderstood(state.layer, line.argument, "where a sandbox of this name runs it is entered");
}

void MakesPath(FirejailState& state, const Directive& line) {
  const std::string& path = line.argument.text;
  if (path.find("..") != path.npos) state.Fatal(line.argument, "firejail takes no path with `..`");
}

void Net(FirejailState& state, const Directive& line) {
  if (line.argument.text == "none") {
    state.has_net = true;
    state.layer.network = {NetworkMode::None, line.keyword};
    return;
  }
  if (state.Networking() && state.layer.network.mode != NetworkMode::None) {
    state.has_net = true;
    state.layer.network = {NetworkMode::Private, line.keyword};
  }
}

void Netfilter(FirejailState& state, const Directive& line) {
  if (!state.Networking() || state.layer.network.mode != NetworkMode::Private) return;
  AddNote(state.layer, line.keyword, Facet::Egress, "the rules that it loads are not evaluated");
}

void NetworkNamespace(FirejailState& state, const Directive& line) {
  if (state.Networking()) state.layer.network = {NetworkMode::Unknown, line.keyword};
}

void NoNewPrivileges(FirejailState& state, const Directive& line) {
  Sets(state.layer.no_new_privileges, line);
}

void NoSound(FirejailState& state, const Directive&) { state.has_nosound = true; }

void Private(FirejailState& state, const Directive&) { state.has_private = true; }

void PrivateDirectory(FirejailState& state, const Directive& line) {
  state.layer.chdir.reset();
  const std::string& path = line.argument.text;
  if (path.find("..") != path.npos) {
    state.Fatal(line.argument, "firejail takes no working directory with `..`");
  }
  if (!line.argument) return;
  std::string expanded = path;
  for (const std::string_view macro : {"${HOME}", "~"}) {
    if (path.starts_with(macro)) expanded = state.home + path.substr(macro.size());
  }
  state.layer.chdir = MadeUp(std::move(expanded), line.argument);
}

void Protocol(FirejailState& state, const Directive& line) {
  state.protocol = line.keyword;
  CheckNames(state, line, kProtocols);
  for (std::string item : Items(line.argument.text)) {
    if (item.starts_with('=')) state.protocols.clear();
    const bool removes = item.starts_with('-');
    if (removes || item.starts_with('+') || item.starts_with('=')) item.erase(0, 1);
    std::erase(state.protocols, item);
    if (!removes && !item.empty()) state.protocols.push_back(std::move(item));
  }
  if (!state.root) Sets(state.layer.no_new_privileges, line);
}

void RemoveVariable(FirejailState& state, const Directive& line) {
  state.environment.push_back({EnvKind::Unset, line.keyword, line.argument, {}, {}});
}

void SetVariable(FirejailState& state, const Directive& line) {
  const auto pair = SplitAssignment(line.argument);
  if (!pair) {
    state.Fatal(line.argument, "env needs NAME=VALUE");
    return;
  }
  state.environment.push_back({EnvKind::Set, line.keyword, pair->key, pair->value, {}});
}

void Seccomp(FirejailState& state, const Directive& line) {
  Sets(state.layer.seccomp, line);
  if (!state.root) Sets(state.layer.no_new_privileges, line);
  const std::string& name = line.keyword.text;
  if (name == "restrict-namespaces") CheckNames(state, line, kNamespaces);
  const bool list = name == "seccomp" || name == "seccomp.drop" || name == "seccomp.keep";
  if (!list) return;
  if (state.option && state.seccomp_option) {
    state.Fatal(line.keyword, "firejail stops: seccomp already enabled");
  }
  state.seccomp_option = state.seccomp_option || state.option;
  if (line.argument) state.seccomp_lists[name] = line;  // the last of each counts
}

namespace {

/// What a list stops is stopped for 64-bit calls: others, and io_uring, go past it (observed).
void StopSocketCalls(FirejailState& state) {
  const auto& lists = state.seccomp_lists;
  // A list of what to keep replaces the one of what to drop, and that the one of `seccomp`.
  if (state.only_logs || lists.contains("seccomp.keep")) return;
  const auto drop = lists.find("seccomp.drop");
  const auto list = drop != lists.end() ? drop : lists.find("seccomp");
  if (list == lists.end() || !StopsSockets(list->second)) return;
  Layer& layer = state.layer;
  if (!layer.no_unix_sockets) {
    layer.no_unix_sockets = list->second.keyword;
    layer.unix_sockets_perhaps = true;
  }
  if (layer.network.mode != NetworkMode::Inherit) return;
  AddNote(layer, list->second.keyword, Facet::Egress,
          "32-bit calls, io_uring and other calls that connect go past this list");
}

}  // namespace

void SeccompAction(FirejailState& state, const Directive& line) {
  state.only_logs = line.argument.text == "log";
}

void Timeout(FirejailState& state, const Directive& line) {
  state.layer.timeout = line.argument;
  if (std::ranges::count(line.argument.text, ':') != 2) {
    state.Fatal(line.argument, "timeout is written hh:mm:ss");
  }
}

void UserNamespace(FirejailState& state, const Directive& line) {
  state.layer.namespaces.user = line.keyword;
}

void X11(FirejailState& state, const Directive& line) {
  constexpr auto kKinds =
      std::to_array<std::string_view>({"", "none", "xephyr", "xorg", "xpra", "xvfb"});
  if (std::ranges::find(kKinds, line.argument.text) == kKinds.end()) {
    state.Fatal(line.argument, fmt::format("firejail knows no x11 {}", line.argument.text));
  }
  state.has_x11 = true;
  if (line.argument.text != "none") return;
  for (const char* name : {"DISPLAY", "XAUTHORITY"}) {
    state.environment.push_back({EnvKind::Unset, line.keyword, MadeUp(name, line.keyword), {}, {}});
  }
}

void FinishFirejail(FirejailState& state) {
  Layer& layer = state.layer;
  if (!state.root) {
    for (const std::string_view name : kUnsecure) {
      AddUnset(layer, layer.program, MadeUp(std::string(name), layer.program));
    }
  }
  for (EnvEdit& edit : state.environment) layer.environment.push_back(std::move(edit));
  for (const Fixed& row : kDefaults) {
    AddSet(layer, layer.program, MadeUp(std::string(row.name), layer.program),
           MadeUp(std::string(row.value), layer.program));
  }
  AddSet(layer, layer.program, MadeUp("SHELL", layer.program),
         UnknownValue("SHELL", layer.program));
  if (state.protocol && !state.protocols.empty()) {
    const auto has = [&](std::string_view name) {
      return std::ranges::find(state.protocols, name) != state.protocols.end();
    };
    CutSockets(state, *state.protocol, !has("inet") && !has("inet6"), !has("unix"));
  }
  StopSocketCalls(state);
}

}  // namespace sandlint
