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

/// What a reader of the files should know, now that the launches are known.
void AddFirewallRemarks(const HostFirewalls& firewalls, const EgressNames& accounts,
                        Workspace& workspace);

/// The accounts of a machine that can be asked; nothing of a symbolic one.
EgressNames AccountsOf(const HostFacts& host);

}  // namespace sandlint
