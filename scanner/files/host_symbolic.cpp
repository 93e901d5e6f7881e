// A machine that nobody has seen: an ordinary layout, homes in which every secret exists.

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "scanner/files/host.h"
#include "scanner/files/host_text.h"

namespace sandlint {
namespace {

constexpr std::uint32_t kUid = 1000;

/// What every home has, relative to it. A trailing slash marks a directory, `=` a socket.
constexpr auto kHomeEntries = std::to_array<std::string_view>({
    ".aws/config",
    ".aws/credentials",
    ".azure/accessTokens.json",
    ".bash_history",
    ".bash_profile",
    ".bashrc",
    ".cache/",
    ".claude.json",
    ".claude/.credentials.json",
    ".claude/settings.json",
    ".config/gcloud/credentials.db",
    ".config/gh/hosts.yml",
    ".config/google-chrome/Default/Cookies",
    ".docker/config.json",
    ".git-credentials",
    ".gitconfig",
    ".gnupg/S.gpg-agent=",
    ".gnupg/private-keys-v1.d/key",
    ".kube/config",
    ".local/bin/",
    ".local/share/keyrings/login.keyring",
    ".mozilla/firefox/profile/logins.json",
    ".netrc",
    ".npmrc",
    ".password-store/key.gpg",
    ".profile",
    ".pypirc",
    ".ssh/config",
    ".ssh/id_ed25519",
    ".ssh/id_rsa",
    ".ssh/known_hosts",
    ".zsh_history",
    ".zshrc",
    "project/",
});
constexpr auto kMacEntries = std::to_array<std::string_view>({
    "Library/Application Support/Claude/claude_desktop_config.json",
    "Library/Application Support/Google/Chrome/Default/Cookies",
    "Library/Keychains/login.keychain-db",
});

struct SystemEntry {
  std::string_view path;
  NodeKind kind;
  std::uint32_t mode;
  std::string_view link;
};
constexpr auto kSystem = std::to_array<SystemEntry>({
    {"/bin", NodeKind::Symlink, 0777, "usr/bin"},
    {"/dev/full", NodeKind::CharDevice, 0666, ""},
    {"/dev/null", NodeKind::CharDevice, 0666, ""},
    {"/dev/random", NodeKind::CharDevice, 0666, ""},
    {"/dev/shm", NodeKind::Directory, 01777, ""},
    {"/dev/tty", NodeKind::CharDevice, 0666, ""},
    {"/dev/urandom", NodeKind::CharDevice, 0666, ""},
    {"/dev/zero", NodeKind::CharDevice, 0666, ""},
    {"/etc/hosts", NodeKind::File, 0644, ""},
    {"/etc/nsswitch.conf", NodeKind::File, 0644, ""},
    {"/etc/passwd", NodeKind::File, 0644, ""},
    {"/etc/resolv.conf", NodeKind::File, 0644, ""},
    {"/etc/shadow", NodeKind::File, 0600, ""},
    {"/etc/ssl/certs", NodeKind::Directory, 0755, ""},
    {"/lib", NodeKind::Symlink, 0777, "usr/lib"},
    {"/lib64", NodeKind::Symlink, 0777, "usr/lib64"},
    {"/proc", NodeKind::Directory, 0555, ""},
    {"/root", NodeKind::Directory, 0700, ""},
    {"/run/dbus/system_bus_socket", NodeKind::Socket, 0666, ""},
    {"/run/docker.sock", NodeKind::Socket, 0666, ""},
    {"/sbin", NodeKind::Symlink, 0777, "usr/sbin"},
    {"/sys", NodeKind::Directory, 0555, ""},
    {"/tmp", NodeKind::Directory, 01777, ""},
    {"/tmp/.X11-unix/X0", NodeKind::Socket, 0777, ""},
    {"/usr/bin", NodeKind::Directory, 0755, ""},
    {"/usr/lib", NodeKind::Directory, 0755, ""},
    {"/usr/lib64", NodeKind::Directory, 0755, ""},
    {"/usr/sbin", NodeKind::Directory, 0755, ""},
    {"/var/run", NodeKind::Symlink, 0777, "/run"},
    {"/var/tmp", NodeKind::Directory, 01777, ""},
});

class SymbolicHost final : public HostFacts {
 public:
  explicit SymbolicHost(SymbolicOptions options) : options_(std::move(options)) {
    if (options_.working_directory.empty()) options_.working_directory = options_.home + "/project";
    homes_.push_back(options_.home);
    for (std::string& home : options_.other_homes) {
      if (std::ranges::find(homes_, home) == homes_.end()) homes_.push_back(std::move(home));
    }
    Add("/", {NodeKind::Directory, 0755, 0, 0, {}});
    for (const SystemEntry& entry : kSystem) {
      Add(std::string(entry.path), {entry.kind, entry.mode, 0, 0, std::string(entry.link)});
    }
    for (const std::string& home : homes_) AddHome(home);
    for (const std::string_view name :
         {"bus=", "gnupg/S.gpg-agent=", "keyring/ssh=", "podman/podman.sock=", "wayland-0="}) {
      AddEntry("/run/user/1000", name);
    }
  }

  std::optional<HostNode> Lstat(std::string_view path) const override {
    const auto found = nodes_.find(path);
    if (found == nodes_.end()) return std::nullopt;
    return found->second;
  }

  /// Nothing is known to be absent.
  bool MayExist(std::string_view path) const override { return !nodes_.contains(path); }

  std::vector<std::string> List(std::string_view directory) const override {
    const auto found = children_.find(directory);
    return found == children_.end()
               ? std::vector<std::string>{}
               : std::vector<std::string>(found->second.begin(), found->second.end());
  }

  /// Shipped profiles are the same on every machine: those of this one are read, where it has any.
  std::optional<std::string> ReadText(std::string_view path) const override {
    if (!path.starts_with("/etc/firejail/") || path.find("..") != path.npos) return std::nullopt;
    return ReadHostText(std::string(path));
  }

  std::vector<std::string> MountPoints() const override {
    return {"/dev", "/dev/shm", "/proc", "/run", "/run/user/1000", "/sys"};
  }

  std::optional<HostUser> UserByName(std::string_view name) const override {
    if (name == "root") return HostUser{"root", 0, 0, "/root", {}};
    for (const std::string& home : homes_) {
      if (home.ends_with('/' + std::string(name)))
        return HostUser{std::string(name), kUid, kUid, home, {}};
    }
    return std::nullopt;
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override {
    if (uid == 0) return UserByName("root");
    if (uid == kUid) return Caller();
    return std::nullopt;
  }
  HostUser Caller() const override {
    const std::string name = options_.home.substr(options_.home.find_last_of('/') + 1);
    return {name, name == "root" ? 0 : kUid, name == "root" ? 0 : kUid, options_.home, {}};
  }
  std::string WorkingDirectory() const override { return options_.working_directory; }
  std::vector<std::string> Homes() const override { return homes_; }
  std::optional<std::string> ToolVersion(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> Assumptions() const override {
    return {"an ordinary Linux layout, with no links or mounts below the home"};
  }
  bool Symbolic() const override { return true; }

 private:
  void Add(const std::string& path, HostNode node) {
    if (const auto known = nodes_.find(path); known != nodes_.end()) return;
    const std::size_t slash = path.find_last_of('/');
    if (path != "/") {
      const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
      Add(parent, {NodeKind::Directory, 0755, node.uid, node.gid, {}});
      children_[parent].insert(path.substr(slash + 1));
    }
    nodes_.emplace(path, std::move(node));
  }

  void AddEntry(const std::string& folder, std::string_view entry) {
    NodeKind kind = NodeKind::File;
    if (entry.ends_with('/')) kind = NodeKind::Directory;
    if (entry.ends_with('=')) kind = NodeKind::Socket;
    if (kind != NodeKind::File) entry.remove_suffix(1);
    const std::uint32_t mode = kind == NodeKind::File     ? 0600
                               : kind == NodeKind::Socket ? 0777
                                                          : 0755;
    Add(folder + '/' + std::string(entry), {kind, mode, kUid, kUid, {}});
  }

  void AddHome(const std::string& home) {
    // The folder of all homes belongs to root, a home to its user.
    const std::string parent = home.substr(0, home.find_last_of('/'));
    if (!parent.empty()) Add(parent, {NodeKind::Directory, 0755, 0, 0, {}});
    Add(home, {NodeKind::Directory, 0755, kUid, kUid, {}});
    for (const std::string_view entry : kHomeEntries) AddEntry(home, entry);
    if (!home.starts_with("/Users/")) return;
    for (const std::string_view entry : kMacEntries) AddEntry(home, entry);
  }

  SymbolicOptions options_;
  std::vector<std::string> homes_;
  std::map<std::string, HostNode, std::less<>> nodes_;
  std::map<std::string, std::set<std::string>, std::less<>> children_;
};

bool NameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

}  // namespace

std::shared_ptr<const HostFacts> MakeSymbolicHost(SymbolicOptions options) {
  return std::make_shared<SymbolicHost>(std::move(options));
}

void CollectHomes(std::string_view text, std::vector<std::string>& homes) {
  constexpr std::size_t kMaxHomes = 64;
  for (const std::string_view parent : {"/home/", "/Users/"}) {
    for (std::size_t at = text.find(parent); at != text.npos; at = text.find(parent, at + 1)) {
      std::size_t end = at + parent.size();
      while (end < text.size() && NameCharacter(text[end])) ++end;
      std::string home(text.substr(at, end - at));
      if (home.size() == parent.size() || home.ends_with('.')) continue;
      if (homes.size() < kMaxHomes && std::ranges::find(homes, home) == homes.end()) {
        homes.push_back(std::move(home));
      }
    }
  }
}

}  // namespace sandlint
