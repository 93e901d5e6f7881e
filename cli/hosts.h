#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/host.h"

namespace sandlint {

/// Which machine a question is about, as a user says it.
struct HostWish {
  std::string kind = "symbolic";  ///< symbolic, live, or the path of a description
  std::string user;               ///< name or number; empty: the machine's own caller
  std::string passwd;             ///< empty: the machine's own
  std::string home;
  std::string working_directory;
  std::vector<std::string> homes;  ///< that the question mentions: they exist on a symbolic host

  friend bool operator==(const HostWish&, const HostWish&) = default;
  friend auto operator<=>(const HostWish&, const HostWish&) = default;
};

/// Null with `problem` set when there is no such machine.
std::shared_ptr<const HostFacts> MakeHost(const HostWish& wish, std::string& problem);

/// The text of a file that the user names: links are followed, what is no regular file is refused.
bool ReadNamedFile(const std::string& path, std::string& text, std::string& problem);

}  // namespace sandlint
