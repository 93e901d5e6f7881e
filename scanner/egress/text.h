#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/egress/boxes.h"
#include "scanner/egress/program.h"

namespace sandlint {

struct Address {
  Family family = Family::V4;
  Uint128 value = 0;
};

/// Dotted quads and IPv6, nothing else: no names, no short forms.
std::optional<Address> ParseAddress(std::string_view text);
/// Of an IPv6 address that holds a mapped IPv4 one (::ffff:192.0.2.1): that one, as packets have
/// it.
Address Unmapped(const Address& address);
std::string AddressText(Family family, Uint128 address);
/// The addresses of `value`/`length`; nothing when the length is too large.
std::optional<AddressRange> PrefixRange(const Address& address, unsigned length);
bool IsLoopback(const Address& address);

/// The fewest prefixes that make up the range: `10.0.0.0/8`, `192.0.2.1`.
std::vector<std::string> CidrsOf(Family family, const AddressRange& range);
std::string PortsText(const PortSet& ports);            ///< `22, 80-90`; `any`
std::string ProtocolsText(const Protocols& protocols);  ///< `tcp, udp`; `any`
std::string FlowText(const Flow& flow);  ///< `tcp://192.0.2.1:443`, `icmp://192.0.2.1`

/// A set for people: one line each of protocols, ports, device and prefixes, at most
/// `most_prefixes` in a line (the rest is counted).
std::vector<std::string> DescribeFlows(const FlowSet& set, const InterfaceNames& interfaces,
                                       std::size_t most_prefixes = 16);

}  // namespace sandlint
