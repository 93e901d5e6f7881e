#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/support.h"

namespace sandlint {

enum class NodeKind : std::uint8_t { Directory, File, Symlink, Socket, CharDevice, Other };

/// What lstat says of one host path. Ids and modes are the kernel's.
struct HostNode {
  NodeKind kind = NodeKind::File;
  std::uint32_t mode = 0644;  ///< permission bits only
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string link;  ///< the text of a symlink
  std::uint32_t names = 1;  ///< hard links
};

struct HostUser {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string home;
  std::vector<std::uint32_t> groups;
};

/// What is known of a container image: its configuration and everything in its root file system.
struct ImageFacts {
  std::string user;                    ///< USER as written; empty: none, so root
  std::vector<std::string> variables;  ///< names that ENV sets
  bool has_entrypoint = false;
  std::vector<HostUser> users;                         ///< of its /etc/passwd
  std::map<std::string, std::uint32_t> groups;         ///< of its /etc/group: name to number
  std::map<std::string, HostNode, std::less<>> nodes;  ///< absolute path to node, `/` left out
  std::vector<std::string> volumes;                    ///< VOLUME paths
  /// False where only a Dockerfile is known: `nodes`, `users` and `groups` are not all there is.
  bool contents_known = true;
};

/// The facts of the machine on which a launch would run. Three implementations: live (this
/// machine), symbolic (an ordinary layout in which every home and every secret exists), and a file.
/// Paths are absolute and clean (no `.`, `..`, double or trailing slash).
class HostFacts {
 public:
  virtual ~HostFacts() = default;

  /// The node itself, links not followed. Nothing where there is none.
  virtual std::optional<HostNode> Lstat(std::string_view path) const = 0;
  /// Could there be a node that Lstat does not know of? True everywhere on a symbolic host.
  virtual bool MayExist(std::string_view path) const = 0;
  /// Names in a directory, sorted. The symbolic host lists what it assumes.
  virtual std::vector<std::string> List(std::string_view directory) const = 0;
  /// Could the directory hold names that List does not return (it may not be listed)?
  virtual bool Incomplete(std::string_view /*directory*/) const { return false; }
  /// Mount points below `/`, sorted, without `/` itself.
  virtual std::vector<std::string> MountPoints() const = 0;
  virtual std::optional<HostUser> UserByName(std::string_view name) const = 0;
  virtual std::optional<HostUser> UserById(std::uint32_t uid) const = 0;
  /// The user who runs the client.
  virtual HostUser Caller() const = 0;
  /// The working directory of the client.
  virtual std::string WorkingDirectory() const = 0;
  /// Homes whose secrets count, the caller's first. On a symbolic host also every /home/NAME and
  /// /Users/NAME that the checked files mention.
  virtual std::vector<std::string> Homes() const = 0;
  /// "0.8.0"; nothing where it is not known (then every version counts, the worst grant wins).
  virtual std::optional<std::string> ToolVersion(std::string_view tool) const = 0;
  /// The text of a regular file (profiles, settings), links followed; nothing where it is not
  /// known.
  virtual std::optional<std::string> ReadText(std::string_view /*path*/) const {
    return std::nullopt;
  }
  /// What is known of an image, by the reference as it stands in a launch.
  virtual std::optional<ImageFacts> Image(std::string_view /*reference*/) const {
    return std::nullopt;
  }
  /// What a verdict relies on: "no symlinks or mounts below the home", "an ordinary Linux layout".
  virtual std::vector<std::string> Assumptions() const = 0;
  virtual bool Symbolic() const = 0;

  /// What `make` gives, made once: a result that depends on this host alone, by a name of its own.
  /// Safe to call from several threads, and from inside of a `make`.
  template <typename T, typename Make>
  std::shared_ptr<T> Kept(const std::string& name, Make make) const {
    {
      const std::scoped_lock lock(kept_mutex_);
      if (const auto known = kept_.find(name); known != kept_.end()) {
        return std::static_pointer_cast<T>(known->second);
      }
    }
    std::shared_ptr<T> made = make();
    const std::scoped_lock lock(kept_mutex_);
    return std::static_pointer_cast<T>(kept_.try_emplace(name, std::move(made)).first->second);
  }

 private:
  mutable std::mutex kept_mutex_;
  mutable std::map<std::string, std::shared_ptr<void>, std::less<>> kept_;
};

}  // namespace sandlint
