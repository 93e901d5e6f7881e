#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sandlint {

/// A repository on disk whose files all lie in its own tree.
struct GitPlace {
  std::string tree;                  ///< the folder that holds `.git`
  std::string folder;                ///< `.git` itself, links resolved
  std::string prefix;                ///< the folder that was asked for, relative to `tree`
  std::vector<std::string> objects;  ///< the folders that hold its objects
};

/// The repository that holds `directory`. Nothing, with `problem` set, when there is none, or when
/// reading it would leave its tree (a `.git` file, a link, borrowed objects) or could block (a
/// FIFO).
std::optional<GitPlace> FindGitPlace(const std::string& directory, std::string& problem);

}  // namespace sandlint
