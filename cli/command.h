#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sandlint {

/// What sandlint ends with. Incomplete wins over Findings; `can` alone uses Unsure.
enum ExitCode : int { kDone = 0, kFindings = 1, kIncomplete = 2, kUnsure = 3 };

/// What stands on the command line outside of the options.
struct Invocation {
  /// The words after the first `--` of `sandlint can`, as they are: the launch that is asked about.
  std::optional<std::vector<std::string>> launch;
};

/// Adds its options to `app` and returns what is to be done once they are filled.
using Declare = std::function<int()> (*)(CLI::App& app, const Invocation& invocation);

struct Command {
  const char* name;
  const char* title;     ///< one line, for the list of commands
  const char* examples;  ///< the end of its --help; every line works as it stands
  Declare declare;
};

extern const Command kCheck;
extern const Command kAudit;
extern const Command kCan;
extern const Command kShow;
extern const Command kObserve;
extern const Command kHarden;
extern const Command kProbe;
extern const Command kRules;
extern const Command kExplain;

std::span<const Command* const> AllCommands();

}  // namespace sandlint
