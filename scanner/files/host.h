#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/host.h"
#include "scanner/files/reader.h"

namespace sandlint {

struct SymbolicOptions {
  std::string home = "/home/user";
  std::string working_directory;         ///< empty: `<home>/project`
  std::vector<std::string> other_homes;  ///< /home/NAME, /Users/NAME that the checked files mention
};

/// An ordinary Linux layout (merged /usr) or, for homes below /Users, macOS: every home has every
/// secret, well-known sockets exist, no symlinks or mounts below a home.
std::shared_ptr<const HostFacts> MakeSymbolicHost(SymbolicOptions options);

/// A tree that may go away before the questions about it: then `reader` is null.
struct TreeHandle {
  const FileReader* reader = nullptr;
  std::shared_ptr<const FileReader> kept;
};

/// `base` with the links that the tree holds below its working directory: a link of a repository is
/// no assumption. One that climbs out of the tree is taken to lead into the home, since how deep the
/// tree lies is not known.
std::shared_ptr<const HostFacts> WithTreeLinks(std::shared_ptr<const HostFacts> base,
                                               std::shared_ptr<const TreeHandle> tree);

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
