#pragma once

#include <string>
#include <string_view>

#include "harden/plan.h"

namespace sandlint {

/// Why nothing can be written from a plan: a word of it that no script, profile or config could say
/// without a risk. Empty where all of them can be said. Words come from files of strangers.
std::string RefusalOf(const HardenPlan& plan);

/// May a ruleset, a table or a script name it? Letters, digits, `.`, `-`, `*`, `:`.
bool IsHost(std::string_view text);

/// Would the shell of a wrapper, the dynamic linker or the search for programs obey it before the
/// sandbox stands?
bool SteersWrapper(std::string_view variable);

}  // namespace sandlint
