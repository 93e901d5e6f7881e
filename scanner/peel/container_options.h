#pragma once

#include <span>

#include "scanner/peel/container_flags.h"

namespace sandlint {

/// Every option of `docker run`, `podman run` and their `create`: docker 28 and podman 4.3 as their
/// own help lists them (hidden spellings too), podman 5 from its documentation.
std::span<const OptionRow> ContainerOptions();

/// Options that stand before the sub-command, and those that podman takes after it as well.
std::span<const OptionRow> EngineOptions();
std::span<const OptionRow> PersistentOptions();

/// Options of `exec` and `start`, of `compose run|exec`, and of `compose` itself: what is needed to
/// find the operands.
std::span<const OptionRow> OtherOptions();
std::span<const OptionRow> ComposeOptions();
std::span<const OptionRow> ComposeGlobals();

/// The row for a name or (with an empty name) for a letter; null where there is none. Rows of the
/// engine come before rows that only the other engine has.
const OptionRow* FindRow(std::span<const OptionRow> rows, Engine engine, std::string_view name,
                         char letter);

/// Runs the row's function, and leaves a note or a problem where there is reason for one.
void Apply(ContainerDraft& draft, const FlagUse& use);

}  // namespace sandlint
