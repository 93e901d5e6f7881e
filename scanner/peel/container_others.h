#pragma once

#include <span>

#include "scanner/peel/container_flags.h"

namespace sandlint {

/// What nerdctl has beside the options of docker: before the sub-command, and of `run`.
std::span<const OptionRow> NerdctlGlobals();
std::span<const OptionRow> NerdctlOptions();

/// Apple's `container run` and `container create`, all of them, and what stands before.
std::span<const OptionRow> AppleGlobals();
std::span<const OptionRow> AppleOptions();

}  // namespace sandlint
