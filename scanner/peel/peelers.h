#pragma once

#include <optional>
#include <span>

#include "scanner/peel/peel.h"

namespace sandlint {

// One function per wrapper or family of wrappers; the table of AllPeelers lists them.
using Argv = std::span<const Word>;

std::optional<Peeled> PeelSandboxExec(Argv argv, const PeelContext& context);

/// Is this a program that AllPeelers takes off?
bool IsKnownTool(const Word& program);

}  // namespace sandlint
