#pragma once

#include "scanner/peel/container_draft.h"

namespace sandlint {

/// What podman's own configuration on the machine adds to every container: containers.conf and
/// mounts.conf of the system and of the user (containers.conf(5), observed with podman 4.3.1). A
/// setting that could change what is reached is a note; its value is not evaluated.
void NotePodmanConfig(ContainerDraft& draft);

}  // namespace sandlint
