// This machine, asked with lstat, readdir and /proc/self/mountinfo. Nothing is executed.

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>
#include <unordered_map>

#include "scanner/files/host.h"
#include "scanner/files/host_text.h"
#include "scanner/files/passwd.h"

namespace sandlint {
namespace {

std::string Slurp(const std::string& path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

NodeKind KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return NodeKind::Directory;
  if (S_ISREG(mode)) return NodeKind::File;
  if (S_ISLNK(mode)) return NodeKind::Symlink;
  if (S_ISSOCK(mode)) return NodeKind::Socket;
  return S_ISCHR(mode) ? NodeKind::CharDevice : NodeKind::Other;
}

/// proc(5): the fifth field of a mountinfo line, with octal escapes.
std::vector<std::string> ReadMounts() {
  std::set<std::string> mounts;
  std::istringstream lines(Slurp("/proc/self/mountinfo"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string field;
    for (int index = 0; index < 5; ++index) fields >> field;
    std::string path;
    for (std::size_t at = 0; at < field.size(); ++at) {
      if (field[at] == '\\' && at + 3 < field.size()) {
        path += static_cast<char>((field[at + 1] - '0') * 64 + (field[at + 2] - '0') * 8 +
                                  (field[at + 3] - '0'));
        at += 3;
      } else {
        path += field[at];
      }
    }
    if (path != "/") mounts.insert(path);
  }
  return {mounts.begin(), mounts.end()};
}

/// The upstream version of a Debian package, from dpkg's own records.
std::optional<std::string> DebianVersion(const std::string& package) {
  std::ifstream status("/var/lib/dpkg/status");
  bool here = false;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Package: ")) here = line.substr(9) == package;
    if (here && line.starts_with("Version: ")) {
      std::string version = line.substr(9);
      if (const std::size_t epoch = version.find(':'); epoch != version.npos) {
        version.erase(0, epoch + 1);
      }
      return version.substr(0, version.find_first_of("-+"));
    }
  }
  return std::nullopt;
}

class LiveHost final : public HostFacts {
 public:
  explicit LiveHost(LiveOptions options) : options_(std::move(options)), mounts_(ReadMounts()) {
    users_ = ParsePasswd(Slurp(options_.passwd_file));
    const std::size_t slash = options_.passwd_file.find_last_of('/');
    AddGroups(Slurp(options_.passwd_file.substr(0, slash + 1) + "group"), users_);
    caller_ = FindCaller();
    if (!options_.home.empty()) caller_.home = options_.home;
    if (options_.working_directory.empty()) {
      char buffer[PATH_MAX];
      if (getcwd(buffer, sizeof buffer) != nullptr) options_.working_directory = buffer;
    }
    bwrap_ = DebianVersion("bubblewrap");
    firejail_ = DebianVersion("firejail");
  }

  std::optional<HostNode> Lstat(std::string_view path) const override { return Look(path).node; }

  /// What lies behind a directory that this process may not enter is not known.
  bool MayExist(std::string_view path) const override { return Look(path).denied; }

  bool Incomplete(std::string_view directory) const override {
    return access(std::string(directory).c_str(), R_OK) != 0 && errno == EACCES;
  }

  std::vector<std::string> List(std::string_view directory) const override {
    std::vector<std::string> names;
    DIR* stream = opendir(std::string(directory).c_str());
    if (stream == nullptr) return names;
    while (const dirent* entry = readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    closedir(stream);
    std::ranges::sort(names);
    return names;
  }

  std::optional<std::string> ReadText(std::string_view path) const override {
    return ReadHostText(std::string(path));
  }

  std::vector<std::string> MountPoints() const override { return mounts_; }

  std::optional<HostUser> UserByName(std::string_view name) const override {
    const auto found = std::ranges::find(users_, name, &HostUser::name);
    return found == users_.end() ? std::nullopt : std::optional(*found);
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override {
    const auto found = std::ranges::find(users_, uid, &HostUser::uid);
    return found == users_.end() ? std::nullopt : std::optional(*found);
  }
  HostUser Caller() const override { return caller_; }
  std::string WorkingDirectory() const override { return options_.working_directory; }
  std::vector<std::string> Homes() const override { return {caller_.home}; }
  std::optional<std::string> ToolVersion(std::string_view tool) const override {
    return tool == "bwrap" ? bwrap_ : tool == "firejail" ? firejail_ : std::nullopt;
  }
  std::vector<std::string> Assumptions() const override {
    return {"the machine stays as it is now"};
  }
  bool Symbolic() const override { return false; }

 private:
  struct Seen {
    std::optional<HostNode> node;
    bool denied = false;
  };

  const Seen& Look(std::string_view path) const {
    const std::scoped_lock lock(mutex_);
    const auto [known, is_new] = nodes_.try_emplace(std::string(path));
    if (is_new) {
      errno = 0;
      known->second.node = Ask(known->first);
      known->second.denied = !known->second.node && errno == EACCES;
    }
    return known->second;
  }

  std::optional<HostNode> Ask(const std::string& path) const {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0) return std::nullopt;
    HostNode node{
        KindOf(status.st_mode), status.st_mode & 07777U, status.st_uid, status.st_gid, {}};
    if (node.kind == NodeKind::File) node.names = static_cast<std::uint32_t>(status.st_nlink);
    if (node.kind == NodeKind::Symlink) {
      char target[PATH_MAX];
      const ssize_t size = readlink(path.c_str(), target, sizeof target);
      if (size > 0) node.link.assign(target, static_cast<std::size_t>(size));
    }
    return node;
  }

  HostUser FindCaller() const {
    const std::string& user = options_.user;
    std::uint32_t uid = getuid();
    if (!user.empty()) {
      if (const auto named = UserByName(user)) return *named;
      std::from_chars(user.data(), user.data() + user.size(), uid);
    }
    if (const auto known = UserById(uid)) return *known;
    return {std::to_string(uid),
            uid,
            user.empty() ? static_cast<std::uint32_t>(getgid()) : uid,
            "/",
            {}};
  }

  LiveOptions options_;
  std::vector<std::string> mounts_;
  std::vector<HostUser> users_;
  HostUser caller_;
  std::optional<std::string> bwrap_, firejail_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, Seen> nodes_;
};

}  // namespace

std::shared_ptr<const HostFacts> MakeLiveHost(LiveOptions options) {
  return std::make_shared<LiveHost>(std::move(options));
}

}  // namespace sandlint
