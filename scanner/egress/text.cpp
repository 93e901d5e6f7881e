#include "scanner/egress/text.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace sandlint {
namespace {

constexpr Uint128 kMappedPrefix = Uint128{0xffff} << 32;

unsigned BitsOf(Family family) { return family == Family::V4 ? 32 : 128; }

/// How many zero bits `value` ends in, at most `most`.
unsigned TrailingZeros(Uint128 value, unsigned most) {
  unsigned count = 0;
  while (count < most && ((value >> count) & 1) == 0) ++count;
  return count;
}

struct ProtocolName {
  std::uint8_t number;
  const char* name;
};
constexpr std::array<ProtocolName, 7> kProtocolNames{{{kTcp, "tcp"},
                                                      {kUdp, "udp"},
                                                      {kIcmp, "icmp"},
                                                      {kIcmpV6, "icmpv6"},
                                                      {kSctp, "sctp"},
                                                      {kDccp, "dccp"},
                                                      {kUdpLite, "udplite"}}};

std::string NameOfProtocol(std::size_t number) {
  for (const ProtocolName& each : kProtocolNames) {
    if (each.number == number) return each.name;
  }
  return std::to_string(number);
}

std::string InterfacesText(Interfaces set, const InterfaceNames& names) {
  if (set == kAllInterfaces) return {};
  if (set == (kAllInterfaces & ~kLoopbackDevice)) return {};
  std::string text;
  for (std::uint8_t bit = 0; bit < 64; ++bit) {
    if (((set >> bit) & 1U) == 0) continue;
    const std::string name = names.NameAt(bit);
    if (name.empty()) continue;
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

std::string PrefixesText(Family family, const std::vector<AddressRange>& ranges, std::size_t most) {
  std::vector<std::string> all;
  for (const AddressRange& range : ranges) {
    if (all.size() > most + 100'000) break;
    const auto some = CidrsOf(family, range);
    all.insert(all.end(), some.begin(), some.end());
  }
  const std::size_t shown = std::min(all.size(), most);
  std::string text = fmt::format(
      "{}", fmt::join(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < all.size()) text += fmt::format(" and {} more", all.size() - shown);
  return text;
}

}  // namespace

std::optional<Address> ParseAddress(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string copy(text);
  std::array<unsigned char, 16> bytes{};
  Address out;
  std::size_t length = 4;
  if (inet_pton(AF_INET, copy.c_str(), bytes.data()) != 1) {
    if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) != 1) return std::nullopt;
    out.family = Family::V6;
    length = 16;
  }
  for (std::size_t i = 0; i < length; ++i) out.value = out.value << 8 | bytes.at(i);
  return out;
}

Address Unmapped(const Address& address) {
  if (address.family == Family::V4 || address.value >> 32 != kMappedPrefix >> 32) return address;
  return {Family::V4, address.value & 0xffffffffU};
}

std::string AddressText(Family family, Uint128 address) {
  std::array<unsigned char, 16> bytes{};
  const std::size_t length = BitsOf(family) / 8;
  for (std::size_t i = 0; i < length; ++i) {
    bytes.at(i) = static_cast<unsigned char>((address >> (8 * (length - 1 - i))) & 0xff);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family == Family::V4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

std::optional<AddressRange> PrefixRange(const Address& address, unsigned length) {
  const unsigned bits = BitsOf(address.family);
  if (length > bits) return std::nullopt;
  const Uint128 host =
      length == 0 ? LastAddress(address.family) : (Uint128{1} << (bits - length)) - 1;
  return AddressRange{address.value & ~host, (address.value & ~host) | host};
}

bool IsLoopback(const Address& address) {
  return address.family == Family::V4 ? address.value >> 24 == 127 : address.value == 1;
}

std::vector<std::string> CidrsOf(Family family, const AddressRange& range) {
  std::vector<std::string> out;
  const unsigned bits = BitsOf(family);
  Uint128 next = range.first;
  for (;;) {
    unsigned host = TrailingZeros(next, bits);
    const auto last_of = [&](unsigned width) {
      return next | (width >= 128 ? ~Uint128{0} : (Uint128{1} << width) - 1);
    };
    while (host > 0 && last_of(host) > range.last) --host;
    const std::string text = AddressText(family, next);
    out.push_back(host == 0 ? text : fmt::format("{}/{}", text, bits - host));
    const Uint128 last = last_of(host);
    if (last >= range.last) return out;
    next = last + 1;
  }
}

std::string PortsText(const PortSet& ports) {
  if (ports == AllPorts() || (ports->size() == 1 && ports->front() == PortRange{})) return "any";
  std::string text;
  for (const PortRange& range : *ports) {
    if (!text.empty()) text += ", ";
    text += range.first == range.last ? std::to_string(range.first)
                                      : fmt::format("{}-{}", range.first, range.last);
  }
  return text;
}

std::string ProtocolsText(const Protocols& protocols) {
  if (protocols.all()) return "any";
  const bool most = protocols.count() > 128;
  std::string text;
  for (std::size_t number = 0; number < 256; ++number) {
    if (protocols.test(number) == most) continue;
    text += (text.empty() ? "" : ", ") + NameOfProtocol(number);
  }
  return most ? "any but " + text : text;
}

std::string FlowText(const Flow& flow) {
  const std::string address = AddressText(flow.family, flow.address);
  const std::string host = flow.family == Family::V6 ? "[" + address + "]" : address;
  const std::string protocol = NameOfProtocol(flow.protocol);
  if (flow.protocol == kIcmp || flow.protocol == kIcmpV6) return protocol + "://" + address;
  if (protocol.find_first_not_of("0123456789") == std::string::npos) {
    return fmt::format("protocol {} to {}", protocol, address);
  }
  return fmt::format("{}://{}:{}", protocol, host, flow.port);
}

std::vector<std::string> DescribeFlows(const FlowSet& set, const InterfaceNames& interfaces,
                                       std::size_t most_prefixes) {
  std::vector<std::string> lines;
  for (const Slab& slab : set.Slabs()) {
    std::map<std::string, std::vector<AddressRange>> by_ports;
    for (const Strip& strip : StripsOf(slab.plane)) {
      by_ports[PortsText(strip.ports)].push_back(strip.addresses);
    }
    const bool numbered =
        (slab.head.protocols & (OneProtocol(kIcmp) | OneProtocol(kIcmpV6))).none();
    for (auto& [ports, ranges] : by_ports) {
      std::string line = ProtocolsText(slab.head.protocols);
      if (ports != "any") line += (numbered ? " port " : " type*256+code ") + ports;
      const std::string device = InterfacesText(slab.head.interfaces, interfaces);
      if (!device.empty()) line += " through " + device;
      lines.push_back(line + " to " +
                      PrefixesText(slab.head.family, Normalised(std::move(ranges)), most_prefixes));
    }
  }
  return lines;
}

}  // namespace sandlint
