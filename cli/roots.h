#pragma once

#include <string>
#include <vector>

namespace sandlint {

/// One tree that is read on its own: nothing outside of `directory` is looked at.
struct Root {
  std::string directory;           ///< as the file system takes it
  std::string shown;               ///< what a report calls it
  std::vector<std::string> paths;  ///< files in it, relative; empty: all of it
};

/// PATHs as a user types them. A directory is a root of its own; a file belongs to the repository
/// around it, or to the working directory, or to its own directory. `problems` gets one line for
/// each path that cannot be looked at.
std::vector<Root> RootsOf(const std::vector<std::string>& paths,
                          std::vector<std::string>& problems);

/// The nearest directory at or above `directory` that holds `.git`; empty when there is none.
std::string RepositoryAround(const std::string& directory);

}  // namespace sandlint
