#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// Something mounted in a firejail sandbox.
struct FirejailSeat {
  enum class Kind : std::uint8_t {
    Host,    ///< `source` of the view outside
    Kernel,  ///< procfs, sysfs: made anew
    Mask,    ///< an empty file or directory of root's
    Tmpfs,
  };
  Kind kind = Kind::Host;
  std::string source;
  Object node;  ///< the root of it, for Mask and Tmpfs
  bool read_only = false;
  bool no_exec = false;
  bool no_devices = false;
  bool copied = false;  ///< a copy of `source`: what is written is lost
  /// What a tmpfs holds: relative path -> object.
  std::map<std::string, Object, std::less<>> entries;
  Because because;
};

/// What is mounted, by the path where it is. Nearly every path that is looked up has no mount of
/// its own, and most of those above it have none: a set of hashes tells so without a search.
class FirejailSeats {
 public:
  using Map = std::map<std::string, FirejailSeat, std::less<>>;
  using value_type = Map::value_type;

  Map::iterator begin() { return map_.begin(); }
  Map::iterator end() { return map_.end(); }
  Map::const_iterator begin() const { return map_.begin(); }
  Map::const_iterator end() const { return map_.end(); }
  Map::iterator find(std::string_view path) { return map_.find(path); }
  Map::const_iterator find(std::string_view path) const { return map_.find(path); }
  Map::iterator lower_bound(std::string_view path) { return map_.lower_bound(path); }
  Map::const_iterator lower_bound(std::string_view path) const { return map_.lower_bound(path); }
  bool contains(std::string_view path) const { return map_.contains(path); }
  std::size_t size() const { return map_.size(); }
  Map::iterator erase(Map::iterator seat) { return map_.erase(seat); }
  /// Whether there was none is the second of what comes back.
  std::pair<Map::iterator, bool> emplace(const std::string& path, FirejailSeat seat);
  void insert_or_assign(const std::string& path, FirejailSeat seat);

  /// The deepest at or above a clean path; there is one at `/`.
  const value_type& Over(std::string_view path) const;

 private:
  Map map_;
  std::unordered_set<std::size_t> hashes_;  ///< of every path that ever had one
};

/// The mounts of a firejail sandbox, by the path where they are. But for a private home every path
/// inside is the same path outside, so what covers what is a question of prefixes.
class FirejailTree {
 public:
  explicit FirejailTree(const View& outside) : outside_(outside) {}

  /// The mount that a clean path lies in, and where it is.
  const FirejailSeats::value_type& At(std::string_view path) const;
  std::optional<Object> Lstat(std::string_view path) const;
  std::vector<std::string> List(std::string_view directory) const;
  /// Only the names that are asked for.
  std::vector<std::string> List(std::string_view directory,
                                const std::function<bool(std::string_view)>& wanted) const;
  /// The view outside, with what the tool made there.
  std::optional<Object> Outside(const std::string& path) const;

  /// Covers `path` and all below it.
  void Mount(const std::string& path, FirejailSeat seat);
  /// Brings back at `path` what `before` had there, mounts below it included.
  void Restore(const std::string& path, FirejailTree& before);
  /// Makes `path` a mount point of its own, showing what it shows now.
  void Split(const std::string& path);
  /// Is there a mount, or anything that the tool made, strictly below?
  bool ChangedBelow(std::string_view path) const;

  FirejailSeats seats;
  /// Paths by which somebody knows where others lead; a mount that covers one of them empties it.
  std::set<std::string, std::less<>> watched;
  std::map<std::string, Object, std::less<>> made;  ///< by mkdir and mkfile, on the host

 private:
  std::optional<Object> InSeat(const std::string& at, const FirejailSeat& seat,
                               std::string_view path) const;

  const View& outside_;
};

}  // namespace sandlint
