#include "scanner/grant/mount_tree.h"

#include <algorithm>

namespace sandlint {

MountNode* MountTree::Make(MountNode::Kind kind, Because because) {
  nodes_.push_back(std::make_unique<MountNode>());
  MountNode* node = nodes_.back().get();
  node->kind = kind;
  node->because = std::move(because);
  return node;
}

void MountTree::Attach(MountNode* node, const Place& place) {
  node->parent = place.node;
  node->at = place.path;
  mounted_[{place.node, place.path}] = node;
}

Place MountTree::Top(Place place) const {
  for (;;) {
    const auto found = mounted_.find({place.node, place.path});
    if (found == mounted_.end()) return place;
    place = {found->second, {}};
  }
}

std::optional<Object> MountTree::Lstat(const Place& place) const {
  const MountNode& node = *place.node;
  const auto dress = [&](Object object) {
    object.read_only = object.read_only || node.read_only;
    object.no_devices = object.no_devices || node.no_devices;
    object.because = node.because;
    return object;
  };
  const auto made = node.entries.find(place.path);
  if (made != node.entries.end() && node.kind != MountNode::Kind::Bind) return dress(made->second);
  if (node.kind == MountNode::Kind::Bind) {
    for (const std::string& source : node.sources) {
      auto object = outside_.Lstat(JoinPath(source, place.path));
      if (!object) continue;
      if (made != node.entries.end()) object->mode = made->second.mode;  // --chmod
      if (node.ephemeral_writes) object->ephemeral_writes = true;
      return dress(std::move(*object));
    }
    return made == node.entries.end() ? std::nullopt : std::optional(dress(made->second));
  }
  Object object;
  object.uid = outside_.Caller().uid;
  object.gid = outside_.Caller().gid;
  object.mode = node.mode;
  object.kind = node.is_file ? NodeKind::File : NodeKind::Directory;
  if (node.kind == MountNode::Kind::Unknown) object.certain = false;
  if (place.path.empty() || !object.certain) return dress(object);
  if (node.kind != MountNode::Kind::Proc) return std::nullopt;
  // Of a procfs only this much is said: it is there and can be read.
  object.kind = NodeKind::Directory;
  object.mode = 0555;
  object.uid = 0;
  return dress(object);
}

std::vector<std::string> MountTree::List(const Place& place) const {
  std::vector<std::string> names;
  for (const std::string& source : place.node->sources) {
    const std::vector<std::string> some = outside_.List(JoinPath(source, place.path));
    names.insert(names.end(), some.begin(), some.end());
  }
  const std::string prefix = place.path.empty() ? std::string() : place.path + '/';
  for (const auto& [path, object] : place.node->entries) {
    if (!path.starts_with(prefix) || path.size() == prefix.size() || path.empty()) continue;
    const std::string rest = path.substr(prefix.size());
    if (rest.find('/') == std::string::npos) names.push_back(rest);
  }
  std::ranges::sort(names);
  const auto same = std::ranges::unique(names);
  names.erase(same.begin(), same.end());
  return names;
}

/// A mount at the root of the node, or at a directory above the place.
const MountNode* MountTree::CoverAbove(const Place& place) const {
  const std::string& path = place.path;
  if (const auto over = mounted_.find({place.node, std::string()}); over != mounted_.end()) {
    return over->second;
  }
  for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
    const auto found = mounted_.find({place.node, path.substr(0, at)});
    if (found != mounted_.end()) return found->second;
  }
  return nullptr;
}

const MountNode* MountTree::Cover(const Place& place) const {
  if (const MountNode* above = CoverAbove(place); above != nullptr) return above;
  const auto found = mounted_.find({place.node, place.path});
  return found == mounted_.end() ? nullptr : found->second;
}

std::optional<std::string> MountTree::PathOf(const Place& place, const MountNode** cover) const {
  std::string path = place.path;
  const MountNode* node = place.node;
  // The place itself may be covered, and so may every mount point on the way up.
  const MountNode* over = Cover(place);
  for (int depth = 0; over == nullptr && depth < 10'000; ++depth) {
    if (node == root) return path.empty() ? "/" : '/' + path;
    if (node->parent == nullptr) return std::nullopt;
    path = node->at.empty() ? path : path.empty() ? node->at : node->at + '/' + path;
    const auto mounted = mounted_.find({node->parent, node->at});
    if (mounted == mounted_.end() || mounted->second != node) {
      over = mounted == mounted_.end() ? nullptr : mounted->second;
      break;
    }
    // A mount at the root of the parent, or at a directory on the way, came later: it covers this.
    over = node->at.empty() ? nullptr : CoverAbove({node->parent, node->at});
    node = node->parent;
  }
  if (cover != nullptr) *cover = over;
  return std::nullopt;
}

std::vector<const MountNode*> MountTree::MountsBelow(const Place& place) const {
  std::vector<const MountNode*> below;
  const std::string prefix = place.path.empty() ? std::string() : place.path + '/';
  for (auto found = mounted_.lower_bound({place.node, prefix}); found != mounted_.end(); ++found) {
    if (found->first.first != place.node || !found->first.second.starts_with(prefix)) break;
    if (!found->first.second.empty()) below.push_back(found->second);
  }
  return below;
}

}  // namespace sandlint
