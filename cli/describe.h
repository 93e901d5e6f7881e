#pragma once

#include <string>

#include "model/workspace.h"

namespace sandlint {

/// A server for a reader at a terminal: where it is declared, its layers, what they grant, what it
/// needs, and every word that is not modelled. Nothing secret in it.
std::string Describe(const Server& server, const Workspace& workspace);

}  // namespace sandlint
