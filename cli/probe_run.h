#pragma once

#include <string>
#include <vector>

namespace sandlint {

/// What one command printed.
struct CommandOutcome {
  int code = -1;  ///< exit code; 128 + n for signal n
  bool late = false;
  std::string out;
  std::string err;
};

/// Runs a command with an empty stdin; both outputs are cut at 16 MiB. `environment` holds
/// NAME=value texts and is all that it gets.
CommandOutcome RunCommand(const std::vector<std::string>& argv,
                          const std::vector<std::string>& environment, int seconds);

}  // namespace sandlint
