#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandlint {

/// What is to be written about one server into a policy file.
struct PolicyEntry {
  std::string server;
  std::optional<std::vector<std::string>> paths;  ///< nothing: the key is not written
  std::optional<std::vector<std::string>> hosts;
  std::vector<std::string> traces;
  /// Told in comments: what a person has to decide, and why.
  std::vector<std::pair<std::string, std::string>> remarks;
};

/// `[server.NAME]` with its keys, as ReadPolicy reads it back.
std::string PolicyTable(const PolicyEntry& entry);

/// `text` with what `entry` says added and everything that is there kept, layout and comments
/// included. Nothing, with `problem` set, where that cannot be done for certain.
std::optional<std::string> MergePolicy(const std::string& text, const PolicyEntry& entry,
                                       std::string& problem);

}  // namespace sandlint
