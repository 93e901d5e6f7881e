#pragma once

#include <string_view>

#include "scanner/egress/firewall.h"

namespace sandlint {

/// IPAddressAllow= and IPAddressDeny= of a systemd unit: addresses only, whatever the port. What is
/// allowed wins; what neither names may leave (systemd.resource-control(5)).
bool HasSystemdAddresses(std::string_view text);
Firewall SystemdFirewall(const Source& unit);

}  // namespace sandlint
