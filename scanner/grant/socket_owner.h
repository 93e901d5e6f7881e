#pragma once

#include <vector>

#include "model/host.h"
#include "model/layer.h"
#include "scanner/egress/host_firewall.h"

namespace sandlint {

/// Who the firewall of the host sees behind the connections of a launch: the user outside of every
/// sandbox and namespace, whatever the process is called inside. `mode`: the network that it ends
/// in.
EgressAsker SocketOwnerOf(const std::vector<Layer>& layers, const HostFacts& host,
                          NetworkMode mode);

}  // namespace sandlint
