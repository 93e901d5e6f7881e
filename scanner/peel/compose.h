#pragma once

#include "scanner/peel/container_steps.h"

namespace sandlint {

/// `docker compose`, `docker-compose`, `podman-compose`: `run` and `exec` of a service whose file
/// is in the tree become the container that `docker run` would give; all else is not known.
Peeled PeelCompose(ContainerDraft& draft, Argv argv, std::size_t begin);

}  // namespace sandlint
