// Values of iptables options: addresses, ports, protocols, flags, ICMP types.

#include "scanner/egress/iptables_values.h"

#include <algorithm>
#include <utility>

#include "scanner/egress/nft_values.h"
#include "scanner/parse/service_names.h"

namespace sandlint {
namespace {

FlowSet PortFlows(std::vector<PortRange> ports) {
  return FlowSet::OfProtocols(Protocols().set(), PortsOf(std::move(ports)));
}

/// The length of a contiguous mask: `24` or `255.255.255.0`.
std::optional<int> MaskLength(std::string_view text, int bits) {
  if (const auto number = ParseDecimal(text)) {
    if (*number > static_cast<std::uint32_t>(bits)) return std::nullopt;
    return static_cast<int>(*number);
  }
  const auto mask = ParseIp(text);
  if (!mask || mask->Bits() != bits) return std::nullopt;
  for (int length = 0; length <= bits; ++length) {
    IpAddress ones;
    ones.family = mask->family;
    if (LastOf(Masked(*mask, length), length) == LastOf(ones, 0) &&
        Masked(*mask, length) == *mask) {
      return length;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string_view> SplitAt(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto next = text.find(at);
    parts.push_back(text.substr(0, next));
    if (next == std::string_view::npos) return parts;
    text.remove_prefix(next + 1);
  }
}

std::optional<std::uint32_t> ParseIptNumber(std::string_view text) {
  const auto number = ParseNumber(text);
  if (!number || *number > ~std::uint32_t{0}) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

/// `a`, `a/n`, `a/mask`, or several behind commas.
FlowBounds IptAddresses(std::string_view text, Family family) {
  FlowBounds all = FlowBounds::None();
  for (const std::string_view one : SplitAt(text, ',')) {
    const auto slash = one.find('/');
    const auto address = ParseIp(one.substr(0, slash));
    if (!address || FamilyOf(*address) != family) {
      all = Unite(all, FlowBounds::Maybe(std::string(one)));
      continue;
    }
    const auto length = slash == std::string_view::npos
                            ? std::optional(address->Bits())
                            : MaskLength(one.substr(slash + 1), address->Bits());
    if (!length) {
      all = Unite(all, FlowBounds::Maybe(std::string(one)));
      continue;
    }
    all =
        Unite(all, FlowBounds::Exactly(FlowSet::OfAddresses(family, {RangeOf(*address, *length)})));
  }
  return all;
}

FlowBounds IptAddressSpan(std::string_view text, Family family) {
  const auto dash = text.find('-');
  const auto first = ParseIp(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : ParseIp(text.substr(dash + 1));
  if (!first || !last || FamilyOf(*first) != family || FamilyOf(*last) != family) {
    return FlowBounds::Maybe(std::string(text));
  }
  return FlowBounds::Exactly(FlowSet::OfAddresses(family, {{NumberOf(*first), NumberOf(*last)}}));
}

FlowBounds IptSource(std::string_view text) {
  return text.ends_with("/0") ? FlowBounds{} : FlowBounds::Maybe("the source address");
}

FlowBounds IptProtocol(std::string_view text) {
  if (text == "all" || text == "0") return {};
  const auto number = ParseIptNumber(text);
  const auto named = number && *number < 256
                         ? std::optional<std::uint8_t>(static_cast<std::uint8_t>(*number))
                         : ProtocolOfName(text);
  if (!named) return FlowBounds::Maybe(std::string(text));
  return FlowBounds::Exactly(FlowSet::OfProtocols(OneProtocol(*named)));
}

FlowBounds IptPortList(std::string_view text) {
  std::vector<PortRange> ports;
  for (const std::string_view one : SplitAt(text, ',')) {
    const auto range = ParseIptPorts(one);
    if (!range) return FlowBounds::Maybe(std::string(one));
    ports.push_back(*range);
  }
  return FlowBounds::Exactly(PortFlows(std::move(ports)));
}

/// Source ports are the sender's choice, so only a list of all of them is sure.
FlowBounds IptSourcePorts(std::string_view text) {
  const FlowBounds ports = IptPortList(text);
  const bool all = Subtract(FlowSet::All(), ports.sure).Empty();
  return all ? FlowBounds{} : FlowBounds::Maybe("the source port");
}

/// One of the two ports: the destination is known.
FlowBounds IptEitherPort(std::string_view text) {
  FlowBounds bounds = IptPortList(text);
  return {bounds.sure, FlowSet::All(), "the source port"};
}

FlowBounds IptOutInterface(std::string_view name, InterfaceNames& interfaces) {
  if (name == "+") return {};
  if (!name.ends_with("+")) {
    const auto bit = interfaces.Find(name);
    if (!bit) return FlowBounds::Maybe(std::string(name));
    return FlowBounds::Exactly(FlowSet::OfInterfaces(Interfaces{1} << *bit));
  }
  const Interfaces named = interfaces.WithPrefix(name.substr(0, name.size() - 1));
  return {FlowSet::OfInterfaces(named), FlowSet::OfInterfaces(named | interfaces.Unnamed()),
          std::string(name)};
}

/// `SYN,ACK SYN`: of the flags in the mask exactly those are set. A first packet has SYN, and
/// perhaps the two of ECN, which iptables does not name.
FlowBounds IptTcpFlags(const std::string& mask, const std::string& set) {
  const auto flags = [](const std::string& text) {
    unsigned bits = 0;
    constexpr std::string_view kNames[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
    for (const std::string_view part : SplitAt(text, ',')) {
      for (unsigned bit = 0; bit < 6; ++bit) {
        if (part == kNames[bit] || part == "ALL") bits |= 1U << bit;
      }
    }
    return bits;
  };
  constexpr unsigned kSyn = 2;
  if ((kSyn & flags(mask)) != flags(set)) return FlowBounds::None();
  return FlowBounds::Exactly(FlowSet::OfProtocols(OneProtocol(kTcp)));
}

FlowBounds IptIcmpType(std::string_view text, Family family) {
  const bool v4 = family == Family::V4;
  if (text == "any" || text == "255") return {};
  const FlowSet protocol = FlowSet::OfProtocols(OneProtocol(v4 ? kIcmp : kIcmpV6));
  const auto slash = text.find('/');
  std::string name(text.substr(0, slash));
  if (name == "ping") name = "echo-request";
  if (name == "pong") name = "echo-reply";
  const auto type = NftNumber(v4 ? NftType::IcmpType : NftType::Icmp6Type, name);
  const auto code =
      slash == std::string_view::npos ? std::nullopt : ParseDecimal(text.substr(slash + 1));
  if (!type || *type > 255 || (slash != std::string_view::npos && (!code || *code > 255))) {
    return FlowBounds::Maybe(std::string(text), protocol);
  }
  const auto first =
      static_cast<std::uint16_t>(static_cast<std::uint32_t>(*type) * 256U + code.value_or(0));
  const auto last = static_cast<std::uint16_t>(code ? first : first + 255);
  return FlowBounds::Exactly(Intersect(protocol, PortFlows({{first, last}})));
}

std::optional<IptMark> ParseIptMark(std::string_view text) {
  const auto slash = text.find('/');
  const auto value = ParseIptNumber(text.substr(0, slash));
  const auto mask = slash == std::string_view::npos ? std::optional(~std::uint32_t{0})
                                                    : ParseIptNumber(text.substr(slash + 1));
  if (!value || !mask) return std::nullopt;
  return IptMark{*value, *mask};
}

std::optional<PortRange> ParseIptPorts(std::string_view text) {
  const auto port = [](std::string_view one,
                       std::uint16_t missing) -> std::optional<std::uint16_t> {
    if (one.empty()) return missing;
    if (const auto number = ParseIptNumber(one)) {
      if (*number > 65535) return std::nullopt;
      return static_cast<std::uint16_t>(*number);
    }
    return PortOfService(one);
  };
  const auto colon = text.find(':');
  const auto first = port(text.substr(0, colon), 0);
  const auto last = colon == std::string_view::npos ? first : port(text.substr(colon + 1), 65535);
  if (!first || !last || text.empty()) return std::nullopt;
  return PortRange{*first, *last};
}

}  // namespace sandlint
