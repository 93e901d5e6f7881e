#pragma once

#include "model/finding.h"
#include "model/workspace.h"
#include "rules/rule.h"

namespace sandlint {

/// Has the last day of this date passed? Never where no date is written.
bool IsOver(const Word& expires, const Workspace& workspace);

/// A waiver without a last day.
extern const Rule kSuppressionOpenEnded;

Finding UnusedSuppression(const Suppression& suppression);

}  // namespace sandlint
