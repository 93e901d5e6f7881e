#pragma once

#include <vector>

#include "model/run.h"

namespace sandlint {

/// Every literal secret that a report could quote: those of the declarations and settings, and what
/// looks like one in the lines that findings point at, also in files that no client would load.
std::vector<Secret> SecretsIn(const Workspace& workspace, const Findings& findings);

}  // namespace sandlint
