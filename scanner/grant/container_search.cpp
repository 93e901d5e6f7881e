// What a container reaches below a path.

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/grant/container_view.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxVisited = 100'000;
constexpr int kMaxDepth = 256;
/// Kernel file systems: never searched.
constexpr std::array<std::string_view, 3> kKernelFolders = {"/dev", "/proc", "/sys"};

}  // namespace

Reach ContainerView::On(const Object& object, const std::string& host_root,
                        const Seat* seat) const {
  const bool of_host = !object.host.empty();
  if (!host_root.empty() && (!of_host || !IsBelow(object.host, host_root))) return {};
  const bool overlay = seat != nullptr && seat->kind == SeatKind::Overlay;
  // A socket seen through an overlay is another one, which nobody listens on (observed).
  if (overlay && object.kind == NodeKind::Socket) return {};
  Rights ceiling = kAllRights;
  if ((object.read_only && object.kind != NodeKind::Socket) || (overlay && !host_root.empty())) {
    ceiling = Without(ceiling, Right::Write);
  }
  Reach reach;
  if (!object.certain && !of_host) {
    reach.possible = ceiling;
    return reach;
  }
  const Actor& proven = of_host ? actors_.proven : actors_.inside;
  const Actor& most = of_host ? actors_.most : actors_.inside;
  reach.rights = proven.On(object) & ceiling;
  // Into which groups the image puts it is not known: that proves nothing.
  if (proven.any_group) {
    Actor alone = proven;
    alone.any_group = false;
    reach.rights = alone.On(object) & ceiling;
  }
  reach.possible = reach.rights | (most.On(object) & ceiling);
  if (!object.certain) reach.possible = ceiling;
  Actor anyone;
  anyone.ids.override_all = true;
  reach.unprotected = anyone.On(object) & ceiling;
  if (IsGiven(object)) reach.possible = reach.possible | reach.unprotected;
  return reach;
}

bool ContainerView::IsGiven(const Object& object) const {
  return !object.host.empty() && std::ranges::any_of(seats_.All(), [&](const Seat& seat) {
    return seat.gives_owner && IsBelow(object.host, seat.source);
  });
}

bool ContainerView::Passes(const Object& directory, bool worst) const {
  if (!directory.certain) return true;
  if (directory.host.empty()) return actors_.inside.Traverses(directory);
  if (worst && IsGiven(directory)) return true;
  return (worst ? actors_.most : actors_.proven).Traverses(directory);
}

bool ContainerView::WayOpen(std::string_view path, bool worst) const {
  for (std::size_t at = path.find('/', 1); at != std::string_view::npos;
       at = path.find('/', at + 1)) {
    const auto directory = seats_.Lstat(path.substr(0, at));
    if (directory && !Passes(*directory, worst)) return false;
  }
  return true;
}

void ContainerView::Descend(const std::string& path, const std::string& host_root, int depth,
                            std::size_t& visited, Reach& reach) const {
  const auto object = seats_.Lstat(path);
  if (!object || object->kind == NodeKind::Symlink) return;
  Reach own = On(*object, host_root, seats_.At(path));
  if (depth > 0) {
    own.rights = Upwards(*object, own.rights);
    own.possible = Upwards(*object, own.possible);
  }
  reach.Add(own);
  if (object->kind != NodeKind::Directory) return;
  if (++visited > kMaxVisited || depth > kMaxDepth) {
    reach.possible = kAllRights;
    return;
  }
  if (std::ranges::find(kKernelFolders, object->host) != kKernelFolders.end()) return;
  if (!Passes(*object, true)) return;
  Reach below;
  for (const std::string& name : seats_.List(path)) {
    Descend(JoinPath(path, name), host_root, depth + 1, visited, below);
    if (visited > kMaxVisited) break;
    const bool all = below.rights.Has(Right::Read) && below.rights.Has(Right::Exec) &&
                     (below.rights.Has(Right::Write) || object->read_only);
    if (!all) continue;
    below.possible = below.possible | Right::Connect;  // a socket may still be among the rest
    break;
  }
  if (!Passes(*object, false)) below.rights = {};
  reach.Add(below);
}

/// Below a read-only bind the mounts of the host stay writable; they are looked at first, since a
/// search stops when it has seen enough.
void ContainerView::AddSubmounts(const std::string& path, const std::string& host_root,
                                 Reach& reach) const {
  for (const Seat& seat : seats_.All()) {
    if (seat.kind != SeatKind::Bind || !seat.read_only || seat.recursive_read_only) continue;
    for (const std::string& mount : seats_.Sources().MountsBelow(seat.source)) {
      const std::string target = JoinPath(seat.target, RelativeTo(mount, seat.source));
      if (!IsBelow(target, path) || seats_.At(target) != &seat) continue;
      const auto object = seats_.Lstat(target);
      if (!object) continue;
      Reach one = On(*object, host_root, &seat);
      if (!one.unprotected.None()) one.possible = one.possible | Right::Write;
      if (!WayOpen(target, true)) one.possible = {};
      if (!WayOpen(target, false)) one.rights = {};
      reach.Add(one);
    }
  }
}

Reach ContainerView::Search(const std::string& path, const std::string& host_root) const {
  const std::string key = path + '\0' + host_root;
  if (const auto known = memo_.find(key); known != memo_.end()) return known->second;
  Reach reach;
  std::size_t visited = 0;
  Descend(path, host_root, 0, visited, reach);
  if (!WayOpen(path, true)) {
    reach.rights = reach.possible = {};
  } else if (!WayOpen(path, false)) {
    reach.rights = {};
  }
  AddSubmounts(path, host_root, reach);
  memo_.emplace(key, reach);
  return reach;
}

}  // namespace sandlint
