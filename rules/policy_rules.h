#pragma once

#include "model/finding.h"
#include "model/workspace.h"

namespace sandlint {

/// Has the last day of this date passed? Never where no date is written.
bool IsOver(const Word& expires, const Workspace& workspace);

Finding UnusedSuppression(const Suppression& suppression);

}  // namespace sandlint
