#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/host.h"

namespace sandlint {

/// What a host file says (docs/host-file.md), checked and with every default filled in.
struct HostDescription {
  std::map<std::string, HostNode, std::less<>> nodes;
  std::vector<HostUser> users;
  HostUser caller;
  std::string working_directory;
  std::vector<std::string> homes;
  std::vector<std::string> mounts;
  std::map<std::string, std::string, std::less<>> tools;
  std::map<std::string, ImageFacts, std::less<>> images;
  std::vector<std::string> assumptions;
  bool complete = false;  ///< nothing exists but what is listed
};

/// False with `problem` set when `json` is not a host file. Bounded in size, nodes and path length.
bool ReadHostDescription(std::string_view json, HostDescription& host, std::string& problem);

}  // namespace sandlint
