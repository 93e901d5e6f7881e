#pragma once

#include <vector>

#include "model/finding.h"
#include "model/workspace.h"

namespace sandlint {

/// What is left of the findings under the policy of the workspace: waived ones go to `suppressed`,
/// severities are those of the policy, and a waiver that waives nothing becomes a finding. The
/// checklist is judged by all findings, waived or not.
Findings ApplyPolicy(Findings findings, const Workspace& workspace,
                     std::vector<SuppressedFinding>& suppressed);

}  // namespace sandlint
