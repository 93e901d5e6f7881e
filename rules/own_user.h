#pragma once

#include "model/workspace.h"

namespace sandlint {

/// Does the launch run as a user that no person has? Unknown where the image decides.
Answer HasOwnUser(const Launch& launch, const Workspace& workspace);

}  // namespace sandlint
