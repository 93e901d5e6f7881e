#pragma once

#include <optional>

#include "scanner/peel/container_draft.h"

namespace sandlint {

/// What is settled when all options are read: the network that is left, and the edits of the
/// environment in the order in which the tool makes them.
void FinishNetwork(ContainerDraft& draft);
void FinishEnvironment(ContainerDraft& draft);
/// -e and --env-file alone, for a container that runs already.
void FinishAddedVariables(ContainerDraft& draft);

/// `registry/name:tag@sha256:…` taken apart.
ProgramRef ImageRef(const Word& image);

}  // namespace sandlint
