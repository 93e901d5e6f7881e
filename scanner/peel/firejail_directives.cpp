// Every directive of firejail (0.9.72 run, sources of 0.9.74 read). Which lines are fatal was asked
// of the program itself.

#include "scanner/peel/firejail_directives.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/firejail_effects.h"

namespace sandlint {
namespace {

constexpr auto kNone = DirectiveArg::None;
constexpr auto kRequired = DirectiveArg::Required;
constexpr auto kOptional = DirectiveArg::Optional;
constexpr auto kModelled = Support::Modelled;
constexpr auto kIrrelevant = Support::Irrelevant;
constexpr auto kUnmodelled = Support::Unmodelled;

constexpr FirejailDirective Path(std::string_view name) {
  return {name, kRequired, kModelled, true};
}
constexpr FirejailDirective Does(std::string_view name, DirectiveArg arg,
                                 void (*apply)(FirejailState&, const Directive&)) {
  return {name, arg, kModelled, false, false, 0, apply};
}
constexpr FirejailDirective FileSystem(std::string_view name, DirectiveArg arg = kNone) {
  return {name, arg};
}
constexpr FirejailDirective Nothing(std::string_view name, DirectiveArg arg = kNone) {
  return {name, arg, kIrrelevant};
}
constexpr FirejailDirective Network(std::string_view name) {
  return {name, kRequired, kIrrelevant, false, true};
}
constexpr FirejailDirective Network(std::string_view name,
                                    void (*apply)(FirejailState&, const Directive&),
                                    DirectiveArg arg = kRequired) {
  return {name, arg, kModelled, false, true, 0, apply};
}
constexpr FirejailDirective Newer(std::string_view name, DirectiveArg arg, std::uint8_t since,
                                  Support support, std::string_view why = "") {
  return {name, arg, support, false, false, since, nullptr, why};
}
constexpr std::string_view kLandlock = "it only takes access away, which is not modelled";
constexpr std::string_view kDbusRule = "the names on the bus that it opens are not modelled";

constexpr auto kDirectives = std::to_array<FirejailDirective>({
    FileSystem("allow-debuggers"),
    FileSystem("allusers"),
    Nothing("apparmor", kOptional),
    Nothing("apparmor-replace"),
    Nothing("apparmor-stack"),
    {"bind", kRequired, kModelled, false, false, 0, BindDirective},
    Path("blacklist"),
    Path("blacklist-nolog"),
    Nothing("caps"),
    Does("caps.drop", kRequired, DropCapabilities),
    Does("caps.keep", kRequired, KeepCapabilities),
    Nothing("cpu", kRequired),
    {"dbus-system", kRequired, kModelled, false, false, 0, DbusPolicy},
    {"dbus-system.broadcast", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-system.call", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-system.own", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-system.see", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-system.talk", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-user", kRequired, kModelled, false, false, 0, DbusPolicy},
    {"dbus-user.broadcast", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-user.call", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-user.own", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-user.see", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    {"dbus-user.talk", kRequired, kUnmodelled, false, false, 0, nullptr, kDbusRule},
    Network("defaultgw"),
    Nothing("deterministic-exit-code"),
    Nothing("deterministic-shutdown"),
    FileSystem("disable-mnt"),
    Nothing("dns", kRequired),
    Does("env", kRequired, SetVariable),
    Nothing("hostname", kRequired),
    Nothing("hosts-file", kRequired),
    Network("ip"),
    Network("ip6"),
    Does("ipc-namespace", kNone, IpcNamespace),
    Network("iprange"),
    Does("join-or-start", kRequired, JoinOrStart),
    Nothing("keep-config-pulse"),
    FileSystem("keep-dev-shm"),
    Nothing("keep-fd", kRequired),
    Newer("keep-shell-rc", kNone, 74, kModelled),
    FileSystem("keep-var-tmp"),
    Newer("landlock.enforce", kNone, 74, kUnmodelled, kLandlock),
    Newer("landlock.execute", kRequired, 74, kUnmodelled, kLandlock),
    Newer("landlock.fs.execute", kRequired, 74, kUnmodelled, kLandlock),
    Newer("landlock.fs.makedev", kRequired, 74, kUnmodelled, kLandlock),
    Newer("landlock.fs.makeipc", kRequired, 74, kUnmodelled, kLandlock),
    Newer("landlock.fs.read", kRequired, 74, kUnmodelled, kLandlock),
    Newer("landlock.fs.write", kRequired, 74, kUnmodelled, kLandlock),
    Newer("landlock.read", kRequired, 74, kUnmodelled, kLandlock),
    Newer("landlock.special", kRequired, 74, kUnmodelled, kLandlock),
    Newer("landlock.write", kRequired, 74, kUnmodelled, kLandlock),
    Network("mac"),
    FileSystem("machine-id"),
    Does("memory-deny-write-execute", kNone, Seccomp),
    {"mkdir", kRequired, kModelled, false, false, 0, MakesPath},
    {"mkfile", kRequired, kModelled, false, false, 0, MakesPath},
    Network("mtu"),
    Nothing("name", kRequired),
    {"net", kRequired, kModelled, false, true, 0, Net},
    Network("netfilter", Netfilter, kOptional),
    Network("netfilter6", Netfilter),
    {"netlock", kNone, kIrrelevant, false, true},
    Network("netmask"),
    Network("netns", NetworkNamespace),
    Nothing("nice", kRequired),
    FileSystem("no3d"),
    Nothing("noautopulse"),
    Path("noblacklist"),
    Does("nodbus", kNone, DbusPolicy),
    FileSystem("nodvd"),
    Path("noexec"),
    Nothing("nogroups"),
    FileSystem("noinput"),
    Does("nonewprivs", kNone, NoNewPrivileges),
    FileSystem("noprinters"),
    Does("noroot", kNone, UserNamespace),
    Does("nosound", kNone, NoSound),
    Newer("notpm", kNone, 76, kIrrelevant),
    FileSystem("notv"),
    FileSystem("nou2f"),
    FileSystem("novideo"),
    Path("nowhitelist"),
    Newer("oom", kRequired, 74, kIrrelevant),
    Does("private", kOptional, Private),
    FileSystem("private-bin", kRequired),
    FileSystem("private-cache"),
    Does("private-cwd", kOptional, PrivateDirectory),
    FileSystem("private-dev"),
    FileSystem("private-etc", kOptional),
    Does("private-home", kRequired, Private),
    {"private-lib", kOptional, kUnmodelled, false, false, 0, nullptr,
     "it only takes libraries away, which is not modelled"},
    FileSystem("private-opt", kRequired),
    FileSystem("private-srv", kRequired),
    FileSystem("private-tmp"),
    Does("protocol", kRequired, Protocol),
    Nothing("quiet"),
    Path("read-only"),
    Path("read-write"),
    Does("restrict-namespaces", kOptional, Seccomp),
    Nothing("rlimit-as", kRequired),
    Nothing("rlimit-cpu", kRequired),
    Nothing("rlimit-fsize", kRequired),
    Nothing("rlimit-nofile", kRequired),
    Nothing("rlimit-nproc", kRequired),
    Nothing("rlimit-sigpending", kRequired),
    Does("rmenv", kRequired, RemoveVariable),
    Does("seccomp", kOptional, Seccomp),
    Does("seccomp-error-action", kRequired, SeccompAction),
    Nothing("seccomp.32", kRequired),
    Nothing("seccomp.32.drop", kRequired),
    Nothing("seccomp.32.keep", kRequired),
    Nothing("seccomp.block-secondary"),
    Does("seccomp.drop", kRequired, Seccomp),
    Does("seccomp.keep", kRequired, Seccomp),
    Nothing("shell", kRequired),
    Nothing("tab"),
    Does("timeout", kRequired, Timeout),
    Path("tmpfs"),
    Nothing("tracelog"),
    Network("veth-name"),
    Path("whitelist"),
    Path("whitelist-ro"),
    FileSystem("writable-etc"),
    FileSystem("writable-run-user"),
    FileSystem("writable-var"),
    FileSystem("writable-var-log"),
    Does("x11", kOptional, X11),
    Nothing("xephyr-screen", kRequired),
});

/// `${HOME}` and these may stand in front; any other brace is rejected.
constexpr auto kPrefixes = std::to_array<std::string_view>({"${HOME}", "${PATH}", "${RUNUSER}"});
constexpr auto kFolders = std::to_array<std::string_view>(
    {"${DESKTOP}", "${DOCUMENTS}", "${DOWNLOADS}", "${MUSIC}", "${PICTURES}", "${VIDEOS}"});
constexpr std::string_view kRejected = "\\&!\"'<>%^{};,";

}  // namespace

std::span<const FirejailDirective> FirejailDirectives() { return kDirectives; }

const FirejailDirective* FindFirejailDirective(std::string_view name) {
  const auto row = std::ranges::lower_bound(kDirectives, name, {}, &FirejailDirective::name);
  return row == kDirectives.end() || row->name != name ? nullptr : &*row;
}

std::optional<std::string> RejectedPath(std::string_view path) {
  if (path.starts_with("$HOME")) return "firejail takes no $HOME: it is written ${HOME}";
  if (path.find("..") != path.npos) return "firejail takes no path with `..`";
  if (std::ranges::find(kFolders, path) != kFolders.end()) return std::nullopt;
  for (const std::string_view prefix : kPrefixes) {
    if (path.starts_with(prefix)) {
      path.remove_prefix(prefix.size());
      break;
    }
  }
  for (const char c : path) {
    if (kRejected.find(c) != kRejected.npos) {
      return fmt::format("firejail rejects the character {} in a path", c);
    }
    if ((c >= 0 && c < ' ') || c == 0x7f) return "firejail rejects control characters in a path";
  }
  return std::nullopt;
}

}  // namespace sandlint
