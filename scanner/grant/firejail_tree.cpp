#include "scanner/grant/firejail_tree.h"

#include <algorithm>

namespace sandlint {
namespace {

const std::string& KeyOf(const std::string& path) { return path; }
template <typename Value>
const std::string& KeyOf(const std::pair<const std::string, Value>& entry) {
  return entry.first;
}

/// The first key strictly below `path` in a map or set of paths, by `prefix` = `path/`.
template <typename Map>
auto FirstBelow(Map& map, const std::string& prefix) {
  auto found = map.lower_bound(prefix);
  return found != map.end() && KeyOf(*found).starts_with(prefix) ? found : map.end();
}

std::string PrefixOf(std::string_view path) {
  return path == "/" || path.empty() ? std::string(path) : std::string(path) + '/';
}

using Wanted = std::function<bool(std::string_view)>;

/// `names` gets the first component of every key below `prefix`, if it is wanted.
template <typename Map>
void AddNames(const Map& map, const std::string& prefix, const Wanted& wanted,
              std::vector<std::string>& names) {
  std::string_view last;
  for (auto at = map.lower_bound(prefix); at != map.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    std::string_view name = std::string_view(at->first).substr(prefix.size());
    name = name.substr(0, name.find('/'));
    if (!name.empty() && name != last && wanted(name)) names.emplace_back(name);
    last = name;
  }
}

}  // namespace

const FirejailSeats::value_type& FirejailTree::At(std::string_view path) const {
  return seats.Over(path);
}

std::optional<Object> FirejailTree::Outside(const std::string& path) const {
  auto object = outside_.Lstat(path);
  if (object && object->certain) return object;
  const auto found = made.find(path);
  return found == made.end() ? object : std::optional(found->second);
}

std::optional<Object> FirejailTree::InSeat(const std::string& at, const FirejailSeat& seat,
                                           std::string_view path) const {
  const std::string_view rest = RelativeTo(path, at);
  switch (seat.kind) {
    case FirejailSeat::Kind::Mask:
      return rest.empty() ? std::optional(seat.node) : std::nullopt;
    case FirejailSeat::Kind::Tmpfs: {
      if (rest.empty()) return seat.node;
      const auto entry = seat.entries.find(rest);
      return entry == seat.entries.end() ? std::nullopt : std::optional(entry->second);
    }
    case FirejailSeat::Kind::Host:
    case FirejailSeat::Kind::Kernel:
      break;
  }
  return Outside(JoinPath(seat.source, rest));
}

std::optional<Object> FirejailTree::Lstat(std::string_view path) const {
  const auto& [at, seat] = At(path);
  auto object = InSeat(at, seat, path);
  if (!object) return std::nullopt;
  object->read_only = object->read_only || seat.read_only;
  object->no_exec = object->no_exec || seat.no_exec;
  object->no_devices = object->no_devices || seat.no_devices;
  object->ephemeral_writes = object->ephemeral_writes || seat.copied;
  object->because = seat.because;
  return object;
}

std::vector<std::string> FirejailTree::List(std::string_view directory) const {
  return List(directory, [](std::string_view) { return true; });
}

std::vector<std::string> FirejailTree::List(std::string_view directory,
                                            const Wanted& wanted) const {
  std::vector<std::string> names;
  const auto& [at, seat] = At(directory);
  const std::string_view rest = RelativeTo(directory, at);
  if (seat.kind == FirejailSeat::Kind::Host || seat.kind == FirejailSeat::Kind::Kernel) {
    const std::string source = JoinPath(seat.source, rest);
    names = outside_.List(source);
    std::erase_if(names, [&](const std::string& name) { return !wanted(name); });
    AddNames(made, PrefixOf(source), wanted, names);
  }
  AddNames(seat.entries, PrefixOf(rest), wanted, names);
  AddNames(seats, PrefixOf(directory), wanted, names);
  std::ranges::sort(names);
  const auto same = std::ranges::unique(names);
  names.erase(same.begin(), same.end());
  return names;
}

void FirejailTree::Mount(const std::string& path, FirejailSeat seat) {
  const std::string prefix = PrefixOf(path);
  if (watched.contains(path) || FirstBelow(watched, prefix) != watched.end()) watched.clear();
  for (auto at = FirstBelow(seats, prefix); at != seats.end();) {
    if (!at->first.starts_with(prefix)) break;
    at = seats.erase(at);
  }
  seats.insert_or_assign(path, std::move(seat));
}

void FirejailTree::Restore(const std::string& path, FirejailTree& before) {
  before.Split(path);
  const FirejailSeats& old = before.seats;
  Mount(path, old.find(path)->second);
  const std::string prefix = PrefixOf(path);
  for (auto at = FirstBelow(old, prefix); at != old.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    seats.insert_or_assign(at->first, at->second);
  }
}

void FirejailTree::Split(const std::string& path) {
  if (seats.contains(path)) return;
  const auto& [at, over] = At(path);
  FirejailSeat seat = over;
  const std::string_view rest = RelativeTo(path, at);
  if (seat.kind == FirejailSeat::Kind::Host || seat.kind == FirejailSeat::Kind::Kernel) {
    seat.source = JoinPath(seat.source, rest);
  } else if (auto object = InSeat(at, over, path)) {
    seat.node = std::move(*object);
    seat.entries.clear();
    const std::string prefix = PrefixOf(rest);
    for (const auto& [entry, node] : over.entries) {
      if (entry.starts_with(prefix)) seat.entries.emplace(entry.substr(prefix.size()), node);
    }
  }
  seats.emplace(path, std::move(seat));
}

bool FirejailTree::ChangedBelow(std::string_view path) const {
  const std::string prefix = PrefixOf(path);
  if (FirstBelow(seats, prefix) != seats.end() && path != "/") return true;
  return path == "/" ? seats.size() > 1 : FirstBelow(made, prefix) != made.end();
}

}  // namespace sandlint
