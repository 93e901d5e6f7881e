#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sandlint {

/// The port of a service by its name in /etc/services; the same for every protocol that has it.
/// Holds the names that Debian, the BSDs and macOS agree on. Never asks the machine.
std::optional<std::uint16_t> ServicePort(std::string_view name);

/// The number of an IP protocol by its name in /etc/protocols, or by its number in text.
std::optional<std::uint8_t> ProtocolNumber(std::string_view name);

}  // namespace sandlint
