#pragma once

#include <string>

#include "model/workspace.h"
#include "reporters/mask.h"

namespace sandlint {

/// A server for a reader at a terminal: where it is declared, its layers, what they grant, what it
/// needs, and every word that is not modelled. Nothing secret in it. `index`: in the run's servers.
std::string Describe(const Server& server, int index, const Workspace& workspace,
                     const Masker& masker);

}  // namespace sandlint
