#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/finding.h"
#include "model/run.h"
#include "model/workspace.h"

namespace sandlint {

/// What a policy takes out of sight, as Run has it.
struct PolicyEffect {
  std::vector<SuppressedFinding> suppressed;
  std::vector<Waiver> waivers;
  std::map<std::string, Severity, std::less<>> before_policy;
};

/// What is left of the findings under the policy of the workspace: waived ones go to `effect`,
/// severities are those of the policy, and a waiver that waives nothing becomes a finding. The
/// checklist is judged by all findings, waived or not.
Findings ApplyPolicy(Findings findings, const Workspace& workspace, PolicyEffect& effect);

}  // namespace sandlint
