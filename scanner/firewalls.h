#pragma once

#include <vector>

#include "model/workspace.h"
#include "scanner/discover/discover.h"
#include "scanner/egress/host_firewall.h"
#include "scanner/files/reader.h"

namespace sandlint {

/// Reads the firewall files of a tree, and those of the machine where it can be asked. Each is
/// reported in `workspace.files`.
HostFirewalls ReadFirewallFiles(const std::vector<FoundFile>& found, const FileReader& files,
                                Workspace& workspace);

}  // namespace sandlint
