#pragma once

#include <vector>

#include "model/observed.h"
#include "scanner/parse/strace.h"

namespace sandlint {

/// Adds to `seen` why something may have happened that its logs do not show.
void AddGaps(const std::vector<TraceLog>& logs, Observation& seen);

}  // namespace sandlint
