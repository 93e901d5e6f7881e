#pragma once

#include <vector>

#include "model/grant.h"
#include "scanner/egress/host_firewall.h"

namespace sandlint {

/// The proxies that the variables of a launch name (HTTPS_PROXY and its kin); what one lets out is
/// known where its configuration is among the files. `firewalls` may be null.
std::vector<Proxy> ProxiesOf(const Environment& environment, const HostFirewalls* firewalls);

}  // namespace sandlint
