// The base file system of a sandbox: what firejail mounts whatever the profile says.

#include <algorithm>
#include <array>

#include "scanner/grant/firejail_setup.h"

namespace sandlint {
namespace {

using Kind = FirejailSeat::Kind;

constexpr auto kSystem = std::to_array<std::string_view>(
    {"/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"});
constexpr auto kVarTmpfs =
    std::to_array<std::string_view>({"/var/lib/dhcp", "/var/lib/nginx", "/var/lib/snmp",
                                     "/var/lib/sudo", "/var/cache/apache2", "/var/cache/lighttpd"});
constexpr auto kKernelMasks = std::to_array<std::string_view>({
    "/sys/firmware",
    "/sys/hypervisor",
    "/sys/power",
    "/sys/kernel/debug",
    "/sys/kernel/vmcoreinfo",
    "/sys/kernel/uevent_helper",
    "/proc/sys/security",
    "/proc/sys/efi/vars",
    "/proc/sys/fs/binfmt_misc",
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sysrq-trigger",
    "/proc/sys/kernel/hotplug",
    "/proc/sys/vm/panic_on_oom",
    "/proc/irq",
    "/proc/bus",
    "/proc/sched_debug",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/kcore",
    "/proc/kallsyms",
    "/proc/mem",
    "/proc/kmem",
    "/selinux",
    "/dev/port",
});
constexpr auto kSymbols =
    std::to_array<std::string_view>({"/usr/src/linux", "/lib/modules", "/usr/lib/debug", "/boot"});

}  // namespace

FirejailSeat FirejailSetup::Tmpfs(std::uint32_t mode, std::uint32_t uid,
                                  const Directive* by) const {
  FirejailSeat seat;
  seat.kind = Kind::Tmpfs;
  seat.node.kind = NodeKind::Directory;
  seat.node.mode = mode;
  seat.node.uid = uid;
  seat.node.gid = uid == 0 ? 0 : gid_;
  seat.no_devices = true;
  seat.because = BecauseOf(by);
  return seat;
}

/// A tmpfs where `path` leads to, if that is a directory.
void FirejailSetup::MountTmpfs(const std::string& path, std::uint32_t mode, const Directive* by) {
  const auto real = view_.Realpath(path, nullptr);
  const auto object = real ? tree_.Lstat(*real) : std::nullopt;
  if (!object || object->kind != NodeKind::Directory) return;
  FirejailSeat seat = Tmpfs(mode, 0, by);
  seat.no_exec = true;
  tree_.Mount(*real, std::move(seat));
}

void FirejailSetup::MaskAt(const std::string& real, const Object& object, const Directive* by) {
  FirejailSeat seat;
  seat.kind = Kind::Mask;
  seat.node.kind = object.kind == NodeKind::Directory ? NodeKind::Directory : NodeKind::File;
  seat.node.mode = object.kind == NodeKind::Directory ? 0500 : 0400;
  seat.read_only = true;
  seat.because = BecauseOf(by);
  tree_.Mount(real, std::move(seat));
}

/// Whatever `path` leads to is covered, if it is there.
void FirejailSetup::Mask(const std::string& path, const Directive* by) {
  const auto real = view_.Realpath(path, nullptr);
  const auto object = real && *real != "/" ? tree_.Lstat(*real) : std::nullopt;
  if (object) MaskAt(*real, *object, by);
}

void FirejailSetup::RemountOne(const std::string& path, FirejailRule rule, const Directive* by) {
  const auto object = tree_.Lstat(path);
  if (!object) return;
  const FirejailSeat& now = tree_.At(path).second;
  if (rule == FirejailRule::ReadWrite) {
    if (!now.read_only) return;
    // Of a user, only what the user owns.
    if (uid_ != 0 && object->uid != uid_) return;
  }
  if (rule == FirejailRule::ReadOnly && now.read_only) return;
  if (rule == FirejailRule::NoExec && now.no_exec && now.no_devices) return;
  tree_.Split(path);
  FirejailSeat& seat = tree_.seats.find(path)->second;
  if (rule == FirejailRule::NoExec) {
    seat.no_exec = seat.no_devices = true;
  } else {
    seat.read_only = rule == FirejailRule::ReadOnly;
  }
  Because because = BecauseOf(by);
  because.insert(because.end(), seat.because.begin(), seat.because.end());
  if (because.size() > 4) because.resize(4);
  seat.because = std::move(because);
}

/// The mount at `path` and every mount below it. At the root there is nothing below: firejail
/// compares names, and `//` begins none (observed with `read-only /`).
void FirejailSetup::Remount(const std::string& path, FirejailRule rule, const Directive* by) {
  std::vector<std::string> below;
  for (const auto& [at, seat] : tree_.seats) {
    if (path != "/" && at != path && IsBelow(at, path)) below.push_back(at);
  }
  RemountOne(path, rule, by);
  for (const std::string& at : below) RemountOne(at, rule, by);
}

void FirejailSetup::Base() {
  for (const std::string& mount : view_.Outside().MountsBelow("/")) {
    FirejailSeat seat;
    seat.source = mount;
    seat.because = BecauseOf(nullptr);
    const bool kernel = IsBelow(mount, "/proc") || IsBelow(mount, "/sys");
    if (!kernel) tree_.Mount(mount, std::move(seat));
  }
  for (const char* path : {"/proc", "/sys"}) {
    FirejailSeat seat;
    seat.kind = Kind::Kernel;
    seat.source = path;
    seat.no_exec = seat.no_devices = true;
    seat.read_only = std::string_view(path) == "/sys";
    seat.because = BecauseOf(nullptr);
    tree_.Mount(path, std::move(seat));
  }
  tree_.seats.insert_or_assign("/run/firejail/mnt", Tmpfs(0755, 0, nullptr));
  for (const auto& [path, keyword] :
       {std::pair{"/etc", "writable-etc"}, std::pair{"/var", "writable-var"}}) {
    if (Has(keyword)) continue;
    Remount(path, FirejailRule::ReadOnly, nullptr);
    if (uid_ != 0) Remount(path, FirejailRule::NoExec, nullptr);
  }
  for (const std::string_view path : kSystem) {
    if (const auto real = Real(path)) Remount(*real, FirejailRule::ReadOnly, nullptr);
  }
  Var();
  if (uid_ != 0 && !Has("allusers")) Users();
  if (uid_ != 0) Mask(home_ + "/.config/firejail", nullptr);
}

void FirejailSetup::Var() {
  MountTmpfs("/var/lock", 01777, nullptr);
  const auto tmp = tree_.Lstat("/var/tmp");
  if (!Has("keep-var-tmp") && tmp && tmp->kind != NodeKind::Symlink) {
    MountTmpfs("/var/tmp", 01777, nullptr);
  }
  if (Has("writable-var-log")) {
    if (tree_.Lstat("/var/log")) {
      tree_.Split("/var/log");
      tree_.seats.find("/var/log")->second.read_only = false;
    }
  } else if (tree_.Lstat("/var/log")) {
    FirejailSeat log = Tmpfs(0755, 0, nullptr);
    log.no_exec = true;
    for (const std::string& name : tree_.List("/var/log")) {
      auto object = tree_.Lstat("/var/log/" + name);
      if (!object || object->kind != NodeKind::Directory) continue;
      object->host.clear();
      log.entries.emplace(name, std::move(*object));
    }
    for (const char* name : {"wtmp", "btmp"}) {
      Object object;
      object.mode = std::string_view(name) == "wtmp" ? 0664 : 0660;
      log.entries.emplace(name, object);
    }
    tree_.Mount("/var/log", std::move(log));
  }
  for (const std::string_view path : kVarTmpfs) {
    const auto object = tree_.Lstat(path);
    if (object && object->certain) MountTmpfs(std::string(path), 0755, nullptr);
  }
}

/// Other users' homes and runtime folders go.
void FirejailSetup::Users() {
  FirejailTree before = tree_;
  if (tree_.Lstat("/home")) {
    tree_.Mount("/home", Tmpfs(0755, 0, nullptr));
    if (IsBelow(home_, "/home") && home_ != "/home" && before.Lstat(home_)) {
      MakeParents("/home", home_, nullptr);
      tree_.Restore(home_, before);
    }
  }
  const auto own = before.Lstat(run_user_);
  if (own && own->kind == NodeKind::Directory) {
    tree_.Mount("/run/user", Tmpfs(0755, 0, nullptr));
    tree_.Restore(run_user_, before);
  }
}

void FirejailSetup::Kernel() {
  for (const std::string_view path : kKernelMasks) Mask(std::string(path), nullptr);
  if (!Has("allow-debuggers")) {
    for (const std::string_view path : kSymbols) Mask(std::string(path), nullptr);
  }
  const auto own = tree_.Lstat(run_user_);
  if (!Has("writable-run-user") && own && own->kind == NodeKind::Directory) {
    // Made where they are missing, so that nothing can stand there.
    for (const char* name : {"/gnupg", "/systemd"}) {
      MaskAt(run_user_ + name, Object{.kind = NodeKind::Directory}, nullptr);
    }
  }
  if (uid_ != 0) {
    for (const char* path : {"/dev/kmsg", "/proc/kmsg"}) Mask(path, nullptr);
  }
}

}  // namespace sandlint
