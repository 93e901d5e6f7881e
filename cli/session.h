#pragma once

#include <string>
#include <vector>

#include "model/server.h"

namespace sandlint {

/// The environment of this process, which a client started here would have too.
struct Session {
  /// Every name. Values are there only where they are no secret and decide what is reachable
  /// (HOME, PATH); all others are holes.
  std::vector<Setting> environment;
  std::vector<std::string> secrets;  ///< names that secrets go by, sorted
};
Session ThisSession();

/// The same of any environment: `NAME=value` strings, null at the end.
Session SessionOf(const char* const* variables);

}  // namespace sandlint
