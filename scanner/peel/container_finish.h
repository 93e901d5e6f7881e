#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "scanner/peel/container_draft.h"

namespace sandlint {

/// What is settled when all options are read: the network that is left, and the edits of the
/// environment in the order in which the tool makes them.
void FinishNetwork(ContainerDraft& draft);
void FinishEnvironment(ContainerDraft& draft);
/// -e and --env-file alone, for a container that runs already.
void FinishAddedVariables(ContainerDraft& draft);

/// A client talks over a pipe; docker checks that before anything else.
void CheckTerminal(ContainerDraft& draft);
/// Options that docker refuses together.
void CheckConflicts(ContainerDraft& draft);

/// The words that the container executes, of those after the image, where that can be told: after
/// an ENTRYPOINT that is not known here they are its arguments.
std::vector<Word> CommandOf(ContainerDraft& draft, std::vector<Word> words);

/// Would docker take it as a reference to an image?
bool IsImageName(std::string_view image);

/// `registry/name:tag@sha256:…` taken apart.
ProgramRef ImageRef(const Word& image);

}  // namespace sandlint
