#pragma once

#include <string>
#include <vector>

#include "model/server.h"

namespace sandlint {

/// A new launch for one server of a config.
struct LaunchEdit {
  const ServerDecl* decl = nullptr;
  std::vector<std::string> argv;
};

/// `source` with the `command` and `args` of each server replaced; everything else, comments and
/// layout included, stays. Empty with `problem` set where the file is not JSON or an entry is not
/// found in it.
std::string EditLaunches(const Source& source, const std::vector<LaunchEdit>& edits,
                         std::string& problem);

}  // namespace sandlint
