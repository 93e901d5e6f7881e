// Path resolution while bwrap sets a sandbox up: `/` is the new root inside a helper root, so that
// absolute links lead to the helper root (where nothing is) and `..` above `/` leaves the new root.

#include <fmt/format.h>

#include <deque>

#include "scanner/grant/bwrap_setup.h"

namespace sandlint {
namespace {

constexpr int kMaxLinks = 40;

std::deque<std::string> Split(std::string_view path) {
  std::deque<std::string> parts;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (!part.empty() && part != ".") parts.emplace_back(part);
    at = end + 1;
  }
  return parts;
}

Place Child(const Place& parent, const std::string& name) {
  return {parent.node, parent.path.empty() ? name : parent.path + '/' + name};
}

}  // namespace

BwrapSetup::Step BwrapSetup::Walk(std::string_view path, Make make, bool follow_last) {
  std::deque<std::string> parts = Split(path);
  std::vector<Place> stack{{base_, {}}, tree.Top({tree.root, {}})};
  for (int links = 0; !parts.empty();) {
    const std::string part = parts.front();
    parts.pop_front();
    if (part == "..") {
      if (stack.size() > 1) stack.pop_back();
      continue;
    }
    const auto directory = tree.Lstat(stack.back());
    if (directory && directory->kind != NodeKind::Directory && directory->certain) {
      return {std::nullopt, "a component of it is no directory"};
    }
    if (directory && !MayTraverse(*directory, setup_)) {
      return {std::nullopt, "a directory on the way may not be entered"};
    }
    const Place child = Child(stack.back(), part);
    const Place top = tree.Top(child);
    const auto object = tree.Lstat(top);
    const bool last = parts.empty();
    if (object && object->kind == NodeKind::Symlink && (!last || follow_last)) {
      if (++links > kMaxLinks) return {std::nullopt, "a circle of links"};
      if (object->link.starts_with('/')) {
        return {std::nullopt,
                "it leads through an absolute link, which points out of the sandbox "
                "while bwrap sets it up"};
      }
      std::deque<std::string> target = Split(object->link);
      parts.insert(parts.begin(), target.begin(), target.end());
      continue;
    }
    if (!object) {
      if (make == Make::Nothing) return {};
      const std::string error = MakeMissing(stack.back(), child, last && make == Make::File);
      if (!error.empty()) return {std::nullopt, error};
    }
    stack.push_back(top);
  }
  return {stack.back(), {}};
}

std::string BwrapSetup::MakeMissing(const Place& parent, const Place& missing, bool file) {
  MountNode& node = *missing.node;
  const auto directory = tree.Lstat(parent);
  if (node.kind == MountNode::Kind::Proc) return "nothing can be made in a procfs";
  if (node.read_only) return "it is missing in a read-only mount and cannot be made";
  const bool host = node.kind == MountNode::Kind::Bind;
  if (host && directory && directory->certain &&
      !PermissionsOf(*directory, setup_).Has(Right::Write)) {
    return "it is missing and may not be made there";
  }
  Object object;
  object.kind = file ? NodeKind::File : NodeKind::Directory;
  object.mode = file ? 0666 & ~022U : 0755;
  object.uid = setup_.uid;
  object.gid = setup_.gid;
  // In a writable bind the mount point is made on the host, and stays there.
  if (host && !node.sources.empty()) object.host = JoinPath(node.sources.front(), missing.path);
  node.entries[missing.path] = std::move(object);
  return {};
}

}  // namespace sandlint
