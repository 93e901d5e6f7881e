#include <array>
#include <cstdint>

#include "scanner/grant/firejail_tree.h"

namespace sandlint {
namespace {

/// FNV-1a: that of a path goes on from that of a folder above it.
constexpr std::uint64_t kStart = 0xcbf29ce484222325ULL;
std::uint64_t GoOn(std::uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace

std::pair<FirejailSeats::Map::iterator, bool> FirejailSeats::emplace(const std::string& path,
                                                                     FirejailSeat seat) {
  hashes_.insert(GoOn(kStart, path));
  return map_.emplace(path, std::move(seat));
}

void FirejailSeats::insert_or_assign(const std::string& path, FirejailSeat seat) {
  hashes_.insert(GoOn(kStart, path));
  map_.insert_or_assign(path, std::move(seat));
}

const FirejailSeats::value_type& FirejailSeats::Over(std::string_view path) const {
  struct Level {
    std::size_t length;
    std::uint64_t hash;
  };
  // Deeper levels than these are looked up one by one.
  std::array<Level, 32> levels;
  std::size_t count = 0;
  std::uint64_t hash = kStart;
  std::size_t done = 0;
  while (done < path.size() && count < levels.size()) {
    const std::size_t end = std::min(path.find('/', done + 1), path.size());
    hash = GoOn(hash, path.substr(done, end - done));
    levels[count++] = {end, hash};
    done = end;
  }
  for (; path.size() > done; path = path.substr(0, path.find_last_of('/'))) {
    if (const auto found = map_.find(path); found != map_.end()) return *found;
  }
  while (count > 0) {
    const Level& level = levels[--count];
    if (!hashes_.contains(level.hash)) continue;
    const auto found = map_.find(path.substr(0, level.length));
    if (found != map_.end()) return *found;
  }
  return *map_.begin();
}

}  // namespace sandlint
