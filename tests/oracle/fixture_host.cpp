#include "fixture_host.h"

#include "scanner/files/host_text.h"

namespace sandlint {

FixtureHost::FixtureHost(HostUser user) : caller(std::move(user)) {
  Add("/", {NodeKind::Directory, 0755, 0, 0, {}});
  // What every machine has; the profiles look at it.
  for (const char* folder :
       {"/usr/bin",   "/usr/sbin",  "/usr/lib", "/usr/lib64", "/usr/local/bin", "/usr/local/sbin",
        "/usr/share", "/usr/games", "/etc",     "/var/log",   "/var/lib",       "/var/cache",
        "/home",      "/root",      "/proc",    "/sys/fs",    "/sys/module",    "/dev",
        "/dev/pts",   "/opt",       "/srv",     "/mnt",       "/media",         "/boot",
        "/run/lock"}) {
    AddSystem(folder, NodeKind::Directory, 0755);
  }
  nodes_["/root"].mode = 0700;
  for (const char* folder : {"/tmp", "/var/tmp", "/dev/shm"}) {
    AddSystem(folder, NodeKind::Directory, 01777);
  }
  for (const char* device :
       {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"}) {
    AddSystem(device, NodeKind::CharDevice, 0666);
  }
  for (const char* name : {"bin", "sbin", "lib", "lib64"}) {
    AddLink(std::string("/") + name, std::string("usr/") + name);
  }
  AddLink("/var/run", "/run");
  AddLink("/var/lock", "/run/lock");
  AddSystem("/etc/passwd");
  AddSystem("/etc/group");
  AddSystem("/etc/skel/.bashrc");
  mounts = {"/dev", "/dev/pts", "/dev/shm", "/proc", "/sys"};
}

void FixtureHost::Add(const std::string& path, HostNode node) {
  if (path != "/") {
    const std::size_t slash = path.find_last_of('/');
    const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
    if (!nodes_.contains(parent)) {
      const bool own = path.starts_with(caller.home + '/');
      Add(parent, {NodeKind::Directory, 0755, own ? caller.uid : 0, own ? caller.gid : 0, {}});
    }
    children_[parent].insert(path.substr(slash + 1));
  }
  nodes_.insert_or_assign(path, std::move(node));
}

void FixtureHost::AddOwn(const std::string& path, std::uint32_t mode) {
  const bool folder = path.ends_with('/');
  const NodeKind kind = folder ? NodeKind::Directory : NodeKind::File;
  Add(folder ? path.substr(0, path.size() - 1) : path, {kind,
                                                        mode != 0 ? mode
                                                        : folder  ? 0755U
                                                                  : 0644U,
                                                        caller.uid,
                                                        caller.gid,
                                                        {}});
}

void FixtureHost::AddSystem(const std::string& path, NodeKind kind, std::uint32_t mode) {
  Add(path, {kind, mode != 0 ? mode : kind == NodeKind::Directory ? 0755U : 0644U, 0, 0, {}});
}

void FixtureHost::AddLink(const std::string& path, const std::string& target) {
  const bool own = path.starts_with(caller.home + '/');
  Add(path, {NodeKind::Symlink, 0777, own ? caller.uid : 0, own ? caller.gid : 0, target});
}

void FixtureHost::AddText(const std::string& path, std::string text) {
  if (!nodes_.contains(path)) AddOwn(path);
  texts_.insert_or_assign(path, std::move(text));
}

std::optional<HostNode> FixtureHost::Lstat(std::string_view path) const {
  const auto found = nodes_.find(path);
  return found == nodes_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> FixtureHost::List(std::string_view directory) const {
  const auto found = children_.find(directory);
  if (found == children_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::optional<std::string> FixtureHost::ReadText(std::string_view path) const {
  if (const auto found = texts_.find(path); found != texts_.end()) return found->second;
  if (path.starts_with("/etc/firejail/")) return ReadHostText(std::string(path));
  return std::nullopt;
}

std::optional<HostUser> FixtureHost::UserByName(std::string_view name) const {
  if (name == caller.name) return caller;
  return name == "root" ? std::optional(HostUser{"root", 0, 0, "/root", {}}) : std::nullopt;
}

std::optional<HostUser> FixtureHost::UserById(std::uint32_t uid) const {
  if (uid == caller.uid) return caller;
  return uid == 0 ? UserByName("root") : std::nullopt;
}

}  // namespace sandlint
