// Where the paths of a profile lead, as the sandbox stands at that moment.

#include <algorithm>
#include <utility>

#include "scanner/grant/firejail_setup.h"

namespace sandlint {

std::optional<std::string> FirejailSetup::Real(std::string_view path) const {
  return view_.Realpath(path, &view_.credentials);
}

/// Is there anything at `path` outside? Asked of every line of every profile, so it is remembered.
bool FirejailSetup::MayBeThere(const std::string& path) const {
  const bool odd = path.find("//") != path.npos || path.find("/./") != path.npos;
  if (odd ||
      std::ranges::any_of(own_, [&](const std::string& own) { return IsBelow(path, own); })) {
    return true;
  }
  {
    const std::scoped_lock lock(known_->mutex);
    const auto known = known_->there.find(path);
    if (known != known_->there.end()) return known->second;
  }
  const View& outside = view_.Outside();
  const bool there = outside.Realpath(path, &outside.Caller()).has_value();
  const std::scoped_lock lock(known_->mutex);
  return known_->there.emplace(path, there).first->second;
}

/// Most rules of a profile are about names in the same few folders: where those lead is remembered
/// until a mount covers something on the way. Nothing where nobody may enter the folder.
std::optional<std::string> FirejailSetup::FolderOf(std::string_view folder) {
  if (tree_.watched.empty()) folders_.clear();
  if (const auto known = folders_.find(folder); known != folders_.end()) return known->second;
  tree_.watched.emplace(folder);
  auto* const before = std::exchange(view_.asked, &tree_.watched);
  std::optional<std::string> real;
  if (auto found = Find(folder)) {
    const bool other = found->object.certain && found->object.kind != NodeKind::Directory;
    if (!other && MayTraverse(found->object, view_.credentials)) real = std::move(found->path);
  }
  view_.asked = before;
  return folders_.emplace(folder, std::move(real)).first->second;
}

/// Where a path leads (Real), and what is there.
std::optional<FirejailSetup::Found> FirejailSetup::Find(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  const std::string_view name = path.substr(slash + 1);
  const bool plain = !name.empty() && name != "." && name != "..";
  if (plain) {
    const auto folder = FolderOf(slash == 0 ? "/" : path.substr(0, slash));
    if (!folder) return std::nullopt;
    std::string real = JoinPath(*folder, name);
    auto object = view_.Lstat(real);
    if (!object) return std::nullopt;
    if (object->kind != NodeKind::Symlink) return Found{std::move(real), std::move(*object)};
  }
  auto real = Real(path);
  auto object = real ? view_.Lstat(*real) : std::nullopt;
  if (!object) return std::nullopt;
  return Found{std::move(*real), std::move(*object)};
}

}  // namespace sandlint
