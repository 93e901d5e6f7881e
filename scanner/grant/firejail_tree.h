#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
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

using FirejailSeats = std::map<std::string, FirejailSeat, std::less<>>;

/// The mounts of a firejail sandbox, by the path where they are. But for a private home every path
/// inside is the same path outside, so what covers what is a question of prefixes.
class FirejailTree {
 public:
  explicit FirejailTree(const View& outside) : outside_(outside) {}

  /// The mount that a clean path lies in, and where it is.
  const FirejailSeats::value_type& At(std::string_view path) const;
  std::optional<Object> Lstat(std::string_view path) const;
  std::vector<std::string> List(std::string_view directory) const;
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
  std::map<std::string, Object, std::less<>> made;  ///< by mkdir and mkfile, on the host

 private:
  std::optional<Object> InSeat(const std::string& at, const FirejailSeat& seat,
                               std::string_view path) const;

  const View& outside_;
};

}  // namespace sandlint
