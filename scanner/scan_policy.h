#pragma once

#include <vector>

#include "scanner/discover/discover.h"
#include "scanner/scan.h"

namespace sandlint {

inline constexpr const char* kPolicyFile = ".sandlint.toml";

/// Fills what the workspace knows of the policy: that of `options.policy_from`, where it is set
/// (then a policy of `files` that differs is a change), or else that of `files`.
void ReadWorkspacePolicy(const FileReader& files, const ScanOptions& options, Workspace& workspace);

/// Takes out what the policy excludes, and reports it as excluded.
void DropExcluded(std::vector<FoundFile>& found, Workspace& workspace);

/// What the policy says that this server needs.
void AddPolicyNeed(Server& server, const Policy& policy);

}  // namespace sandlint
