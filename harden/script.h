#pragma once

#include <string>
#include <string_view>

#include "harden/plan.h"

namespace sandlint {

/// A wrapper script whose body is `launch`: shell text that starts the server. With `temp` it makes
/// a temporary directory of its own, `$tmp`, and removes it at the end.
std::string WrapperScript(const HardenPlan& plan, std::string_view tool, std::string_view launch,
                          bool temp = true);

/// Words that empty the environment and pass on what the plan names: `env -i PATH=… HOME="$HOME"
/// …`. They come before the sandbox, whose first process keeps what it was started with readable in
/// /proc.
std::string EnvironmentWords(const HardenPlan& plan);

/// `  --option "$HOME/x"  # why`, for an array of a script.
std::string CommentedLine(std::string_view words, std::string_view why);

/// The file name of a plan's wrapper and the launch that starts it.
std::string WrapperPath(const HardenPlan& plan);
std::vector<std::string> WrapperLaunch(const HardenPlan& plan);

}  // namespace sandlint
