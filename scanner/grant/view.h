#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/grant.h"
#include "model/host.h"
#include "model/layer.h"

namespace sandlint {

/// Who asks: the ids that the kernel checks against the permissions of a file.
struct Credentials {
  std::uint32_t uid = 1000;
  std::uint32_t gid = 1000;
  std::vector<std::uint32_t> groups;
  /// CAP_DAC_OVERRIDE over everything: root of the machine.
  bool override_all = false;
  /// The same over the files of `uid` only: a capability inside of a user namespace that maps one
  /// id (observed with bwrap 0.8.0 --cap-add).
  bool read_own = false;
  bool write_own = false;
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// What a path of a view leads to.
struct Object {
  NodeKind kind = NodeKind::File;
  std::uint32_t mode = 0644;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string link;
  /// The host path that backs it; empty for what a tool made up (a tmpfs, an image's files).
  std::string host;
  bool read_only = false;         ///< by mounts, not by permissions
  bool no_devices = false;        ///< device nodes cannot be opened
  bool no_exec = false;           ///< programs cannot be started, by mounts
  bool ephemeral_writes = false;  ///< what is written does not reach `host` (an overlay)
  bool certain = true;            ///< false: it may exist, nothing says so (symbolic hosts, images)
  Because because;                ///< the mount that shows it
};

/// What `credentials` may do with the object itself, mounts and permissions together.
Rights RightsOf(const Object& object, const Credentials& credentials);
/// The permissions alone.
Rights PermissionsOf(const Object& object, const Credentials& credentials);
bool MayTraverse(const Object& directory, const Credentials& credentials);
/// What an object adds to the rights of a directory above it: of a socket only the connection.
Rights Upwards(const Object& object, Rights rights);

/// A name in a view under which a host path can be reached.
struct Alias {
  std::string path;     ///< inside
  std::string host;     ///< what of the asked host path it shows: that path, or something below it
  bool masked = false;  ///< something covers it; `because` says what
  Because because;
};

/// One view of the file system. Views stack: each is built on the one outside of it, the host at
/// the bottom. Paths are absolute and clean; Lstat and List take them with every parent resolved.
class View : public PathView {
 public:
  virtual std::optional<Object> Lstat(std::string_view path) const = 0;
  virtual std::vector<std::string> List(std::string_view directory) const = 0;
  /// Mount points strictly below `directory`, sorted: a recursive bind takes them along.
  virtual std::vector<std::string> MountsBelow(std::string_view directory) const = 0;
  virtual std::vector<Alias> AliasesOf(std::string_view host_path) const = 0;
  /// Rights to `path` and everything below it, whatever the permissions of the directories above.
  /// With `host_only`, only host objects count, and only writes that reach the host.
  virtual PathAnswer Subtree(std::string_view path, bool host_only) const = 0;
  /// The same of those host objects alone that lie at or below `host_root`; empty: of every object.
  virtual PathAnswer SubtreeOf(std::string_view path, std::string_view host_root) const {
    return Subtree(path, !host_root.empty());
  }
  /// The same view for someone else; null where there is no such thing.
  virtual std::shared_ptr<const View> As(const Credentials& /*credentials*/) const {
    return nullptr;
  }
  /// Could the directory hold names that List does not return?
  virtual bool Incomplete(std::string_view /*directory*/) const { return false; }
  virtual const Credentials& Caller() const = 0;
  virtual const HostFacts& Host() const = 0;

  PathAnswer OfHost(std::string_view host_path) const override;
  PathAnswer Inside(std::string_view path) const override;
  PathAnswer OfRoot() const override;

  /// The real path of `path` (links followed, at most 40). Nothing when a component is missing,
  /// with `denied` set when it only may not be traversed, is no directory or a circle of links.
  /// `as` null: every directory may be traversed.
  virtual std::optional<std::string> Realpath(std::string_view path, const Credentials* as,
                                              bool* denied) const;
  std::optional<std::string> Realpath(std::string_view path, const Credentials* as) const {
    return Realpath(path, as, nullptr);
  }

  /// May every directory above `path` be traversed?
  bool Reachable(std::string_view path) const;

  void AddOtherNames(PathAnswer& answer, const std::string& asked) const;

  /// Words that make answers about this view unreliable (an unknown source, an unmodelled option).
  Because doubts;
};

/// The host itself, as `credentials` see it.
std::shared_ptr<const View> MakeHostView(const HostFacts& host, Credentials credentials);

/// A view of which nothing is known: every answer is unknown, because of `word`.
std::shared_ptr<const View> MakeUnknownView(std::shared_ptr<const View> outside, const Word& word,
                                            std::string why);

/// `/a//b/./c/` -> `/a/b/c`; `..` is resolved by name (at the root it stays there).
std::string CleanPath(std::string_view path);
/// Below /proc/self or /proc/PID: another thing for every process that looks.
bool IsOfProcess(std::string_view path);
/// `name` below `directory`.
std::string JoinPath(std::string_view directory, std::string_view name);
/// Is `path` at or below `directory`? Both clean.
bool IsBelow(std::string_view path, std::string_view directory);
/// The part of `path` behind `directory`, without a leading slash; `path` is at or below it.
std::string_view RelativeTo(std::string_view path, std::string_view directory);

}  // namespace sandlint
