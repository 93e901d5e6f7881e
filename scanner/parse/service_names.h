#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sandlint {

/// The port of a service (`https` -> 443); nothing for a name that is not in the usual list.
std::optional<std::uint16_t> PortOfService(std::string_view name);
/// A protocol by its name in /etc/protocols (`tcp` -> 6, `ipv6-icmp` -> 58).
std::optional<std::uint8_t> ProtocolOfName(std::string_view name);

}  // namespace sandlint
