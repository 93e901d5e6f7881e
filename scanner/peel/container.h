#pragma once

#include <optional>
#include <span>

#include "scanner/peel/peel.h"

namespace sandlint {

/// docker, podman, nerdctl, docker-compose and podman-compose. `run` and `create` are taken apart
/// completely; what works on a container that exists already (`exec`, `start`, `compose`) or hides
/// it (`mcp gateway`) becomes a container layer of which nothing is known.
std::optional<Peeled> PeelContainer(std::span<const Word> argv, const PeelContext& context);

}  // namespace sandlint
