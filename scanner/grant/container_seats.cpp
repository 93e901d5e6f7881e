#include "scanner/grant/container_seats.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace sandlint {
namespace {

constexpr int kMaxLinks = 40;

Object Made(NodeKind kind, std::uint32_t mode) {
  Object object;
  object.kind = kind;
  object.mode = mode;
  return object;
}

/// Something of which only an image, or the kernel, knows what it is.
Object Uncertain() {
  Object object = Made(NodeKind::Directory, 0755);
  object.certain = false;
  return object;
}

bool IsProcess(std::string_view name) {
  return name == "self" || name == "thread-self" ||
         (!name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos);
}

/// procfs as a process sees its own entries (observed); the rest is left open.
Object KernelNode(std::string_view path) {
  if (!IsBelow(path, "/proc")) return Uncertain();
  const std::string_view rest = RelativeTo(path, "/proc");
  const std::size_t slash = rest.find('/');
  if (!IsProcess(rest.substr(0, slash))) return Uncertain();
  if (slash == std::string_view::npos) return Made(NodeKind::Directory, 0555);
  if (rest.substr(slash + 1) == "cmdline") return Made(NodeKind::File, 0444);
  return Uncertain();
}

Object FromNode(const HostNode& node) {
  Object object;
  object.kind = node.kind;
  object.mode = node.mode;
  object.uid = node.uid;
  object.gid = node.gid;
  object.link = node.link;
  return object;
}

bool HasImageContent(SeatKind kind) {
  return kind == SeatKind::Image || kind == SeatKind::Volume || kind == SeatKind::Tmpfs;
}

}  // namespace

void Seats::Add(Seat seat) {
  const auto same = std::find_if(seats_.begin(), seats_.end(),
                                 [&](const Seat& other) { return other.target == seat.target; });
  if (same != seats_.end()) {
    *same = std::move(seat);
  } else {
    seats_.push_back(std::move(seat));
  }
}

const Seat* Seats::At(std::string_view path) const {
  const Seat* deepest = nullptr;
  for (const Seat& seat : seats_) {
    if (!IsBelow(path, seat.target)) continue;
    if (deepest == nullptr || seat.target.size() > deepest->target.size()) deepest = &seat;
  }
  return deepest;
}

bool Seats::HasSeatBelow(std::string_view path) const {
  return std::any_of(seats_.begin(), seats_.end(), [&](const Seat& seat) {
    return seat.target != path && IsBelow(seat.target, path);
  });
}

std::optional<Object> Seats::InImage(const Seat& seat, std::string_view path) const {
  if (path == seat.target) return seat.node;
  // docker's tmpfs starts empty; podman copies what the image has there.
  if (seat.kind == SeatKind::Tmpfs && !copies_) return std::nullopt;
  if (image_ == nullptr)
    return seat.kind == SeatKind::Tmpfs ? std::nullopt : std::optional<Object>(Uncertain());
  const auto node = image_->nodes.find(path);
  if (node != image_->nodes.end()) return FromNode(node->second);
  // A named volume may hold whatever was put into it before.
  const bool used = seat.kind == SeatKind::Volume && !seat.source.empty();
  return used ? std::optional(Uncertain()) : std::nullopt;
}

std::optional<Object> Seats::InSource(const Seat& seat, std::string_view path) const {
  const std::string source = JoinPath(seat.source, RelativeTo(path, seat.target));
  std::optional<Object> object = sources_->Lstat(source);
  if (!object) {
    // docker makes a missing source of -v (root's, on the host).
    if (path != seat.target) return std::nullopt;
    object = Made(NodeKind::Directory, 0755);
    object->host = source;
  }
  bool read_only = seat.read_only;
  if (read_only && !seat.recursive_read_only) {
    for (const std::string& mount : sources_->MountsBelow(seat.source)) {
      if (IsBelow(source, mount)) read_only = false;
    }
  }
  object->read_only = object->read_only || read_only;
  return object;
}

std::optional<Object> Seats::Lstat(std::string_view path) const {
  const Seat* seat = At(path);
  if (seat == nullptr) return std::nullopt;
  std::optional<Object> object;
  if (seat->kind == SeatKind::Bind || seat->kind == SeatKind::Overlay) {
    object = InSource(*seat, path);
  } else if (HasImageContent(seat->kind)) {
    object = InImage(*seat, path);
  } else if (path == seat->target) {
    object = seat->node;
  } else if (seat->kind == SeatKind::Kernel) {
    object = KernelNode(path);
  }
  if (!object && HasSeatBelow(path)) object = Made(NodeKind::Directory, 0755);
  if (!object) return std::nullopt;
  if (seat->kind != SeatKind::Bind && seat->kind != SeatKind::Overlay) {
    // A VOLUME of an image that is not known stays writable in a read-only container.
    const bool may_be_volume = seat->kind == SeatKind::Image && !object->certain;
    object->read_only = seat->read_only && !may_be_volume;
  }
  object->because = seat->because;
  return object;
}

std::vector<std::string> Seats::List(std::string_view directory) const {
  std::set<std::string> names;
  const Seat* seat = At(directory);
  if (seat == nullptr) return {};
  if (seat->kind == SeatKind::Bind || seat->kind == SeatKind::Overlay) {
    const auto below = sources_->List(JoinPath(seat->source, RelativeTo(directory, seat->target)));
    names.insert(below.begin(), below.end());
  } else if (HasImageContent(seat->kind) && image_ != nullptr) {
    for (auto node = image_->nodes.upper_bound(directory); node != image_->nodes.end(); ++node) {
      if (directory != "/" && !node->first.starts_with(directory)) break;
      if (!IsBelow(node->first, directory) || node->first == directory) continue;
      const std::string_view rest = RelativeTo(node->first, directory);
      if (rest.find('/') == std::string_view::npos && Lstat(node->first)) names.emplace(rest);
    }
  }
  for (const Seat& other : seats_) {
    if (other.target == directory || !IsBelow(other.target, directory)) continue;
    const std::string_view rest = RelativeTo(other.target, directory);
    names.emplace(rest.substr(0, rest.find('/')));
  }
  return {names.begin(), names.end()};
}

std::string Seats::Resolve(std::string_view target) const {
  std::string real = "/";
  std::string rest = CleanPath(target);
  for (int links = 0; !rest.empty();) {
    const std::size_t begin = rest.find_first_not_of('/');
    if (begin == std::string::npos) break;
    const std::size_t end = std::min(rest.find('/', begin), rest.size());
    const std::string part = rest.substr(begin, end - begin);
    rest.erase(0, end);
    if (part == ".") continue;
    if (part == "..") {
      real = real.substr(0, std::max<std::size_t>(real.find_last_of('/'), 1));
      continue;
    }
    const std::string next = JoinPath(real, part);
    const auto object = Lstat(next);
    if (!object || object->kind != NodeKind::Symlink || ++links > kMaxLinks) {
      real = next;
      continue;
    }
    if (object->link.starts_with('/')) real = "/";
    rest = object->link + rest;
  }
  return real;
}

}  // namespace sandlint
