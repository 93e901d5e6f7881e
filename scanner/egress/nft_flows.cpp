#include "scanner/egress/nft_flows.h"

#include <algorithm>
#include <bit>

namespace sandlint {
namespace {

bool In(const std::vector<AddressRange>& ranges, Uint128 number) {
  return std::ranges::any_of(ranges, [&](const AddressRange& range) {
    return range.first <= number && number <= range.last;
  });
}

NftFlows Exactly(FlowSet set) { return {set, set}; }

std::vector<PortRange> Ports(const std::vector<AddressRange>& ranges, Uint128 factor) {
  std::vector<PortRange> out;
  for (const AddressRange& range : ranges) {
    const Uint128 first = range.first * factor;
    const Uint128 last = std::min<Uint128>(range.last, 65535 / factor) * factor + (factor - 1);
    if (first > 65535) continue;
    out.push_back({static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)});
  }
  return out;
}

FlowSet OfPorts(std::vector<PortRange> ports) {
  return FlowSet::OfProtocols(~Protocols{}, PortsOf(std::move(ports)));
}

/// The code is the low byte of the port of ICMP flows.
FlowSet OfCodes(const std::vector<AddressRange>& ranges) {
  std::vector<PortRange> ports;
  for (std::uint32_t type = 0; type < 256; ++type) {
    for (const AddressRange& range : ranges) {
      if (range.first > 255) continue;
      const auto last = static_cast<std::uint32_t>(std::min<Uint128>(range.last, 255));
      ports.push_back(
          {static_cast<std::uint16_t>(type * 256 + static_cast<std::uint32_t>(range.first)),
           static_cast<std::uint16_t>(type * 256 + last)});
    }
  }
  return OfPorts(std::move(ports));
}

FlowSet OfFamilies(const NftField& field, const std::vector<AddressRange>& ranges) {
  const bool ether = field.type == NftType::EtherType;
  FlowSet out;
  if (In(ranges, ether ? 0x800 : 2)) out = FlowSet::Of(Family::V4);
  if (In(ranges, ether ? 0x86dd : 10)) out = Unite(out, FlowSet::Of(Family::V6));
  return out;
}

FlowSet OfProtocolNumbers(const std::vector<AddressRange>& ranges) {
  Protocols set;
  for (std::size_t number = 0; number < 256; ++number) set.set(number, In(ranges, number));
  return FlowSet::OfProtocols(set);
}

FlowSet Multicast() {
  const Uint128 v4 = Uint128{224} << 24;
  const Uint128 v6 = Uint128{0xff} << 120;
  return Unite(FlowSet::OfAddresses(Family::V4, {{v4, v4 + 0xfffffff}}),
               FlowSet::OfAddresses(Family::V6, {{v6, ~Uint128{0}}}));
}

/// What is local is sent through lo; what is not goes through another device. Which addresses are
/// broadcast addresses of a network depends on the machine.
NftFlows OfFibTypes(const std::vector<AddressRange>& ranges) {
  const FlowSet local = FlowSet::OfInterfaces(kLoopbackDevice);
  const FlowSet outside = Subtract(FlowSet::All(), local);
  const FlowSet multicast = Intersect(outside, Multicast());
  const FlowSet all_hosts =
      Intersect(outside, FlowSet::OfAddresses(Family::V4, {{0xffffffffU, 0xffffffffU}}));
  const FlowSet rest = Subtract(Subtract(outside, multicast), all_hosts);
  NftFlows out;
  const auto add = [&](const FlowSet& set, bool sure) {
    if (sure) out.sure = Unite(out.sure, set);
    out.possible = Unite(out.possible, set);
  };
  if (In(ranges, 2)) add(local, true);
  if (In(ranges, 5)) add(multicast, true);
  if (In(ranges, 3)) add(all_hosts, true);
  // unicast, broadcast or anycast: with all three it is sure.
  const bool unicast = In(ranges, 1);
  const bool other = In(ranges, 3) || In(ranges, 4);
  if (unicast || other) add(rest, unicast && In(ranges, 3) && In(ranges, 4));
  return out;
}

NftFlows OfLinkTypes(const std::vector<AddressRange>& ranges) {
  constexpr std::uint32_t kLoopbackType = 0x304;
  const FlowSet local = FlowSet::OfInterfaces(kLoopbackDevice);
  const FlowSet outside = Subtract(FlowSet::All(), local);
  NftFlows out;
  if (In(ranges, kLoopbackType)) out.sure = out.possible = local;
  const bool others = std::ranges::any_of(ranges, [](const AddressRange& range) {
    return range.first != kLoopbackType || range.last != kLoopbackType;
  });
  if (others) out.possible = Unite(out.possible, outside);
  return out;
}

bool IsPrefixMask(Uint128 mask, Uint128 largest) {
  const Uint128 host = ~mask & largest;
  return (host & (host + 1)) == 0;
}

}  // namespace

std::vector<AddressRange> Without(std::vector<AddressRange> ranges, Uint128 largest) {
  std::vector<AddressRange> out;
  Uint128 next = 0;
  for (const AddressRange& range : Normalised(std::move(ranges))) {
    if (range.first > largest) break;
    if (range.first > next) out.push_back({next, range.first - 1});
    if (range.last >= largest) return out;
    next = range.last + 1;
  }
  out.push_back({next, largest});
  return out;
}

bool Unchanged(const NftField& field, const std::vector<AddressRange>& ranges,
               std::vector<AddressRange>& out) {
  if (field.changes.empty()) {
    out = ranges;
    return true;
  }
  const Uint128 largest = LargestOf(field.type);
  if (largest <= 65535) {
    for (Uint128 number = 0; number <= largest; ++number) {
      if (In(ranges, Changed(field.changes, number))) out.push_back({number, number});
    }
    out = Normalised(std::move(out));
    return true;
  }
  Uint128 mask = 0;
  Uint128 flip = 0;
  if (!AsMask(field.changes, mask, flip) || !IsPrefixMask(mask, largest)) return false;
  mask &= largest;
  for (const AddressRange& range : ranges) {
    if (range.first != range.last) return false;
    const Uint128 value = range.first ^ flip;
    if ((value & ~mask) == 0) out.push_back({value, value | (largest & ~mask)});
  }
  return true;
}

NftFlows FlowsWhere(const NftField& field, const std::vector<AddressRange>& ranges) {
  switch (field.what) {
    case NftWhat::Family:
      return Exactly(OfFamilies(field, ranges));
    case NftWhat::Protocol:
      return Exactly(OfProtocolNumbers(ranges));
    case NftWhat::Address:
      return Exactly(FlowSet::OfAddresses(field.family, ranges));
    case NftWhat::Port:
      return Exactly(OfPorts(Ports(ranges, 1)));
    case NftWhat::IcmpType:
      return Exactly(OfPorts(Ports(ranges, 256)));
    case NftWhat::IcmpCode:
      return Exactly(OfCodes(ranges));
    case NftWhat::FibType:
      return OfFibTypes(ranges);
    case NftWhat::LinkType:
      return OfLinkTypes(ranges);
    default:
      return {{}, FlowSet::All()};
  }
}

}  // namespace sandlint
