// The bottom of every stack of views: the host, as the credentials of one user see it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "scanner/grant/view.h"

namespace sandlint {
namespace {

/// How many nodes a search below a directory looks at before it gives up and says "perhaps".
constexpr std::size_t kMaxVisited = 400'000;
/// How many real paths are remembered.
constexpr std::size_t kMaxReals = 100'000;
/// Kernel file systems: never searched.
constexpr auto kKernelFolders = std::to_array<std::string_view>({"/dev", "/proc", "/sys"});

class HostView final : public View {
 public:
  using View::Realpath;
  HostView(const HostFacts& host, Credentials credentials)
      : host_(host),
        credentials_(std::move(credentials)),
        mounts_(host.MountPoints()),
        homes_(host.Homes()) {}

  std::optional<Object> Lstat(std::string_view path) const override {
    const auto node = host_.Lstat(path);
    // The links of a process lead elsewhere for whoever follows them.
    if (IsOfProcess(path) && !(node && IsPlain(path, *node))) {
      return Uncertain(path, NodeKind::Directory);
    }
    if (node) {
      Object object;
      object.kind = node->kind;
      object.mode = node->mode;
      object.uid = node->uid;
      object.gid = node->gid;
      object.link = node->link;
      object.host = path;
      return object;
    }
    if (!host_.MayExist(path)) return std::nullopt;
    return Uncertain(path, GuessKind(path));
  }

  std::shared_ptr<const View> As(const Credentials& credentials) const override {
    return MakeHostView(host_, credentials);
  }

  bool Incomplete(std::string_view directory) const override {
    return IsOfProcess(directory) || host_.Incomplete(directory);
  }

  std::vector<std::string> List(std::string_view directory) const override {
    return IsOfProcess(directory) ? std::vector<std::string>{} : host_.List(directory);
  }

  /// Every view above asks where the same few hundred paths lead.
  std::optional<std::string> Realpath(std::string_view path, const Credentials* as,
                                      bool* denied) const override {
    if (as != nullptr || denied != nullptr) return View::Realpath(path, as, denied);
    {
      const std::scoped_lock lock(mutex_);
      if (const auto known = reals_.find(path); known != reals_.end()) return known->second;
    }
    std::optional<std::string> real = View::Realpath(path, nullptr, nullptr);
    const std::scoped_lock lock(mutex_);
    if (reals_.size() < kMaxReals) reals_.emplace(path, real);
    return real;
  }

  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    std::vector<std::string> below;
    for (const std::string& mount : mounts_) {
      if (mount != directory && IsBelow(mount, directory)) below.push_back(mount);
    }
    return below;
  }

  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    // Symlinks lead elsewhere: the object that counts is the one at their end. Permissions of the
    // way there are not asked here: a mount may show the object without that way.
    const auto real = Realpath(host_path, nullptr, nullptr);
    if (real) return {{*real, *real, false, {}}};
    const auto link = Lstat(host_path);
    if (link && link->kind == NodeKind::Symlink) return {};  // it leads nowhere
    const std::string path(host_path);
    return {{path, path, false, {}}};
  }

  PathAnswer Subtree(std::string_view path, bool) const override {
    PathAnswer answer;
    const auto object = Lstat(path);
    if (!object) return answer;
    answer.backing = Backing::Host;
    const Found found = Below(std::string(path), *object);
    answer.rights = found.rights;
    answer.possible = found.possible;
    // Its name does not say that it is no socket.
    if (!object->certain) answer.possible = answer.possible | Right::Connect;
    // On a machine that is there, nothing is assumed to be: it may not even be seen.
    if (!object->certain && !host_.Symbolic()) answer.rights = {};
    return answer;
  }

  PathAnswer SubtreeOf(std::string_view path, std::string_view host_root) const override {
    if (IsBelow(path, host_root.empty() ? "/" : host_root)) return Subtree(path, true);
    return IsBelow(host_root, path) ? Subtree(host_root, true) : PathAnswer{};
  }

  const Credentials& Caller() const override { return credentials_; }
  const HostFacts& Host() const override { return host_; }

 private:
  struct Found {
    Rights rights;
    Rights possible;
  };

  /// /proc/PID, or a file directly in it.
  static bool IsPlain(std::string_view path, const HostNode& node) {
    const auto slashes = std::ranges::count(path, '/');
    return (slashes == 2 && node.kind == NodeKind::Directory) ||
           (slashes == 3 && node.kind == NodeKind::File);
  }

  Object Uncertain(std::string_view path, NodeKind kind) const {
    Object object;
    object.kind = kind;
    object.mode = kind == NodeKind::Directory ? 0755 : 0644;
    object.uid = UnderHome(path) ? credentials_.uid : 0;
    object.host = path;
    object.certain = false;
    return object;
  }

  static NodeKind GuessKind(std::string_view path) {
    const std::size_t slash = path.find_last_of('/');
    const std::string_view name = path.substr(slash + 1);
    if (name.ends_with(".sock")) return NodeKind::Socket;
    const std::size_t dot = name.find_last_of('.');
    const bool extension = dot != std::string_view::npos && dot != 0 && name.size() - dot <= 6;
    return extension && !name.ends_with(".d") ? NodeKind::File : NodeKind::Directory;
  }

  bool UnderHome(std::string_view path) const {
    for (const std::string& home : homes_) {
      if (IsBelow(path, home)) return true;
    }
    return false;
  }

  /// The maximum over everything below; remembered, since the host does not change under us.
  Found Below(const std::string& path, const Object& object) const {
    if (const std::optional<Found> known = Known(path)) return *known;
    std::size_t visited = 0;
    Found found{RightsOf(object, credentials_), {}};
    Search(path, object, found, visited);
    found.possible = found.possible | found.rights;
    const std::scoped_lock lock(mutex_);
    memo_.emplace(path, found);
    return found;
  }

  std::optional<Found> Known(const std::string& path) const {
    const std::scoped_lock lock(mutex_);
    const auto known = memo_.find(path);
    return known == memo_.end() ? std::nullopt : std::optional<Found>(known->second);
  }

  void Search(const std::string& path, const Object& object, Found& found,
              std::size_t& visited) const {
    if (object.kind != NodeKind::Directory || found.rights == kAllRights) return;
    if (!MayTraverse(object, credentials_)) return;
    // Devices are few, and /dev/shm is anybody's; the others are the kernel's own tables.
    const bool asked = std::ranges::find(kKernelFolders, path) != kKernelFolders.end();
    if (asked && path != "/dev") return;
    if (Incomplete(path)) found.possible = kAllRights;
    for (const std::string& name : List(path)) {
      if (++visited > kMaxVisited) {
        found.possible = kAllRights;
        return;
      }
      const std::string below = JoinPath(path, name);
      if (std::ranges::find(kKernelFolders, below) != kKernelFolders.end()) continue;
      const auto child = Lstat(below);
      if (!child || child->kind == NodeKind::Symlink) continue;
      const auto known = child->kind == NodeKind::Directory ? Known(below) : std::nullopt;
      if (known) {
        found.rights = found.rights | known->rights;
        found.possible = found.possible | known->possible;
        continue;
      }
      const Rights own = Upwards(*child, RightsOf(*child, credentials_));
      Rights& sum = child->certain || host_.Symbolic() ? found.rights : found.possible;
      sum = sum | own;
      Search(below, *child, found, visited);
    }
  }

  const HostFacts& host_;
  Credentials credentials_;
  std::vector<std::string> mounts_;
  std::vector<std::string> homes_;
  mutable std::mutex mutex_;  ///< of what is remembered: all launches of a user share this view
  mutable std::map<std::string, Found, std::less<>> memo_;
  mutable std::map<std::string, std::optional<std::string>, std::less<>> reals_;
};

class UnknownView final : public View {
 public:
  UnknownView(std::shared_ptr<const View> outside, const Word& word, std::string why)
      : outside_(std::move(outside)) {
    doubts.push_back(EvidenceOf(word, std::move(why)));
  }
  std::optional<Object> Lstat(std::string_view path) const override {
    auto object = outside_->Lstat(path);
    if (!object) {
      object.emplace();
      object->kind = NodeKind::Directory;
    }
    object->certain = false;
    object->because = doubts;
    return object;
  }
  std::vector<std::string> List(std::string_view directory) const override {
    return outside_->List(directory);
  }
  std::vector<std::string> MountsBelow(std::string_view) const override { return {}; }
  std::vector<Alias> AliasesOf(std::string_view) const override { return {}; }
  PathAnswer Subtree(std::string_view, bool) const override { return Unknown(); }
  PathAnswer OfHost(std::string_view) const override { return Unknown(); }
  PathAnswer Inside(std::string_view) const override { return Unknown(); }
  PathAnswer OfRoot() const override { return Unknown(); }
  const Credentials& Caller() const override { return outside_->Caller(); }
  const HostFacts& Host() const override { return outside_->Host(); }

 private:
  PathAnswer Unknown() const {
    PathAnswer answer;
    answer.possible = kAllRights;
    answer.because = doubts;
    answer.confidence = Confidence::Low;
    return answer;
  }
  std::shared_ptr<const View> outside_;
};

}  // namespace

std::shared_ptr<const View> MakeHostView(const HostFacts& host, Credentials credentials) {
  // One view a user: searches of the host are remembered in it.
  std::string key =
      fmt::format("host-view {} {} {} {} {}", credentials.uid, credentials.gid,
                  credentials.override_all, credentials.read_own, credentials.write_own);
  for (const std::uint32_t group : credentials.groups) key += fmt::format(" {}", group);
  return host.Kept<View>(key, [&] { return std::make_shared<HostView>(host, credentials); });
}

std::shared_ptr<const View> MakeUnknownView(std::shared_ptr<const View> outside, const Word& word,
                                            std::string why) {
  return std::make_shared<UnknownView>(std::move(outside), word, std::move(why));
}

}  // namespace sandlint
