#pragma once

#include <string_view>

#include "model/finding.h"
#include "model/workspace.h"
#include "rules/rule.h"

namespace sandlint {

/// Has the last day of this date passed? Never where no date is written.
bool IsOver(const Word& expires, const Workspace& workspace);

/// A waiver without a last day.
extern const Rule kSuppressionOpenEnded;
/// A person's word for this item of this server that still holds, or null.
const Attestation* AttestationOf(int item, std::string_view server, const Workspace& workspace);

Finding UnusedSuppression(const Suppression& suppression);

}  // namespace sandlint
