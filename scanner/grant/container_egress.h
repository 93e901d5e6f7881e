#pragma once

#include <vector>

#include "model/grant.h"
#include "model/host.h"
#include "model/layer.h"

namespace sandlint {

/// A container that may do anything to the host leaves its network too; one that may administer
/// and sees a process of the host enters that one's.
void OpenForContainer(Grant& grant, const std::vector<Layer>& layers, const HostFacts& host);

/// A container in the host's network that may administer it takes the rules away.
bool ChangesFirewall(const std::vector<Layer>& layers);

}  // namespace sandlint
