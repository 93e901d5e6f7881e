#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sandlint {

/// An IPv4 or an IPv6 address in network order; of IPv4 the first four bytes count.
struct IpAddress {
  std::uint8_t family = 0;  ///< 4 or 6
  std::array<std::uint8_t, 16> bytes{};

  int Bits() const { return family == 4 ? 32 : 128; }
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// Dotted quads and RFC 4291 text, without a zone or a prefix length. Never asks a resolver.
std::optional<IpAddress> ParseIp(std::string_view text);

/// `10` or `172.16` as BSD tools read it before a prefix length: the missing bytes are zero.
std::optional<IpAddress> ParseShortIpv4(std::string_view text);

/// The address with every bit behind the first `length` cleared.
IpAddress Masked(IpAddress address, int length);
/// The address with every bit behind the first `length` set.
IpAddress LastOf(IpAddress address, int length);

std::string TextOf(const IpAddress& address);

/// A decimal number of at most 10 digits that fits 32 bits; nothing else around it.
std::optional<std::uint32_t> ParseDecimal(std::string_view text);

}  // namespace sandlint
