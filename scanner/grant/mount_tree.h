#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// One mounted file system of a tree of mounts.
struct MountNode {
  enum class Kind : std::uint8_t { Tmpfs, Bind, Proc, Data, Unknown };
  Kind kind = Kind::Tmpfs;
  /// For a bind: the path outside; several for an overlay, the topmost first.
  std::vector<std::string> sources;
  bool is_file = false;  ///< a file is mounted, not a directory
  bool read_only = false;
  bool no_devices = true;
  std::uint32_t mode = 0755;      ///< of its root, for a tmpfs
  bool ephemeral_writes = false;  ///< overlay: writes do not reach the sources
  Because because;
  MountNode* parent = nullptr;  ///< where it is mounted; null for the root
  std::string at;               ///< relative to `parent`
  /// What the tool made in it, or changed: relative path -> object.
  std::map<std::string, Object, std::less<>> entries;
};

/// A place: a node and a path relative to its root ("" is the root itself).
struct Place {
  MountNode* node = nullptr;
  std::string path;
};

/// A tree of mounts over a view outside: what Linux calls a mount namespace.
class MountTree {
 public:
  explicit MountTree(const View& outside) : outside_(outside) {}

  MountNode* Make(MountNode::Kind kind, Because because);
  /// Mounts `node` at `place`; what was there is covered.
  void Attach(MountNode* node, const Place& place);
  /// The topmost mount at a place.
  Place Top(Place place) const;
  std::optional<Object> Lstat(const Place& place) const;
  std::vector<std::string> List(const Place& place) const;
  /// The mount that covers what `place` would be in its node, or null. Looks at every directory on
  /// the way and at the place itself.
  const MountNode* Cover(const Place& place) const;
  /// Where it stands in the tree, as a path from the root; nothing when something covers it.
  std::optional<std::string> PathOf(const Place& place, const MountNode** cover) const;
  /// Mounted nodes below a place of the same node.
  std::vector<const MountNode*> MountsBelow(const Place& place) const;

  const std::vector<std::unique_ptr<MountNode>>& nodes() const { return nodes_; }
  MountNode* root = nullptr;

 private:
  const MountNode* CoverAbove(const Place& place) const;

  const View& outside_;
  std::vector<std::unique_ptr<MountNode>> nodes_;
  std::map<std::pair<const MountNode*, std::string>, MountNode*> mounted_;
};

}  // namespace sandlint
