#pragma once

#include <vector>

#include "model/run.h"

namespace sandlint {

/// Every literal secret that an output could quote: those of the declarations, launches and
/// settings, and what looks like one in the sources, in the lines that findings point at and in the
/// names of files. In doubt it is one; a placeholder or an ordinary word is none.
std::vector<Secret> SecretsIn(const Workspace& workspace, const Findings& findings);
/// The part of it that one server declares and launches.
std::vector<Secret> SecretsOf(const Server& server, int index);
/// All of it, where that part is at hand for each server.
std::vector<Secret> SecretsIn(const Workspace& workspace, const Findings& findings,
                              const std::vector<std::vector<Secret>>& of_servers);

}  // namespace sandlint
