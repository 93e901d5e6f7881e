#pragma once

#include <string>
#include <string_view>

#include "harden/plan.h"

namespace sandlint {

/// Where the temporary directory of a server comes from.
enum class Temp : std::uint8_t {
  OfWrapper,  ///< the wrapper makes one, `$tmp`, and removes it at the end
  OfTool,
};

/// The wrapper whose body is `launch` (shell text that starts the server), the launch of that
/// wrapper, and what the plan has to say whatever the tool.
Hardened WrapperResult(const HardenPlan& plan, std::string_view tool, std::string_view launch,
                       Temp temp);

/// The first line of a profile: whose it is, and what decided it.
std::string Headline(const HardenPlan& plan, std::string_view comment);

/// The server and its arguments, as words of a script.
std::string ProgramText(const HardenPlan& plan);

/// Words that empty the environment and pass on what the plan names: `env -i PATH=… HOME="$HOME"
/// …`. They come before the sandbox, whose first process keeps what it was started with readable in
/// /proc.
std::string EnvironmentWords(const HardenPlan& plan);

/// `  --option "$HOME/x"  # why`, for an array of a script.
std::string CommentedLine(std::string_view words, std::string_view why);

}  // namespace sandlint
