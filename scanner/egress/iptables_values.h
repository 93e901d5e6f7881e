#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/egress/bounds.h"

namespace sandlint {

/// `v` or `v/mask`, decimal or hexadecimal.
struct IptMark {
  std::uint32_t value = 0, mask = ~std::uint32_t{0};
};
std::optional<IptMark> ParseIptMark(std::string_view text);

/// `a`, `a:b`, `:b`, `a:`, with names; nothing when a name is not known.
std::optional<PortRange> ParseIptPorts(std::string_view text);

std::vector<std::string_view> SplitAt(std::string_view text, char at);
/// Decimal or hexadecimal, at most 32 bits.
std::optional<std::uint32_t> ParseIptNumber(std::string_view text);

// The flows that the value of an option stands for.
FlowBounds IptAddresses(std::string_view text, Family family);    ///< `a`, `a/n`, `a/mask`, `a,b`
FlowBounds IptAddressSpan(std::string_view text, Family family);  ///< `a-b`
FlowBounds IptSource(std::string_view text);
FlowBounds IptProtocol(std::string_view text);
FlowBounds IptPortList(std::string_view text);
FlowBounds IptSourcePorts(std::string_view text);
FlowBounds IptEitherPort(std::string_view text);
FlowBounds IptOutInterface(std::string_view name, InterfaceNames& interfaces);
FlowBounds IptTcpFlags(const std::string& mask, const std::string& set);
FlowBounds IptIcmpType(std::string_view text, Family family);

}  // namespace sandlint
