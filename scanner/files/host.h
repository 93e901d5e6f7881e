#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/host.h"

namespace sandlint {

struct SymbolicOptions {
  std::string home = "/home/user";
  std::string working_directory;         ///< empty: `<home>/project`
  std::vector<std::string> other_homes;  ///< /home/NAME, /Users/NAME that the checked files mention
};

/// An ordinary Linux layout (merged /usr) or, for homes below /Users, macOS: every home has every
/// secret, well-known sockets exist, no symlinks or mounts below a home.
std::shared_ptr<const HostFacts> MakeSymbolicHost(SymbolicOptions options);

struct LiveOptions {
  std::string user;               ///< name or number; empty: the user of this process
  std::string passwd_file = "/etc/passwd";
  std::string home;               ///< empty: from passwd
  std::string working_directory;  ///< empty: that of this process
};
/// This machine: lstat, readdir, /proc/self/mountinfo. Nothing is executed; nothing is followed.
std::shared_ptr<const HostFacts> MakeLiveHost(LiveOptions options);

/// A machine described in a JSON file (docs/host-file.md). Null with `problem` set when the text is
/// not a host description.
std::shared_ptr<const HostFacts> MakeDescribedHost(std::string_view json, std::string& problem);

/// /home/NAME, /Users/NAME and /root as they occur in `text`, appended to `homes` once each.
void CollectHomes(std::string_view text, std::vector<std::string>& homes);

}  // namespace sandlint
