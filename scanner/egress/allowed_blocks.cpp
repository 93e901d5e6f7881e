#include "scanner/egress/allowed_blocks.h"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "scanner/egress/text.h"

namespace sandlint {
namespace {

constexpr std::size_t kMostBlocks = 256;
constexpr std::uint16_t kNames = 53;

Flow FlowOf(const Slab& slab, const Strip& strip) {
  Flow flow;
  flow.family = slab.head.family;
  while (flow.protocol < 255 && !slab.head.protocols.test(flow.protocol)) ++flow.protocol;
  flow.address = strip.addresses.first;
  flow.port = strip.ports->front().first;
  flow.interface = static_cast<std::uint8_t>(std::bit_width(slab.head.interfaces) - 1);
  return flow;
}

}  // namespace

Allowlist BlocksOf(const FlowSet& flows, const std::function<Evidence(const Flow&)>& line_of) {
  Allowlist list;
  const FlowSet names =
      FlowSet::OfProtocols(OneProtocol(kTcp) | OneProtocol(kUdp), PortsOf({{kNames, kNames}}));
  const FlowSet others = Subtract(Intersect(flows, FlowSet::OfInterfaces(~kLoopbackDevice)), names);
  for (const Slab& slab : others.Slabs()) {
    for (const Strip& strip : StripsOf(slab.plane)) {
      for (std::string& prefix : CidrsOf(slab.head.family, strip.addresses)) {
        if (list.blocks.size() >= kMostBlocks) {
          list.complete = false;
          return list;
        }
        list.blocks.push_back({std::move(prefix), ProtocolsText(slab.head.protocols),
                               PortsText(strip.ports), line_of(FlowOf(slab, strip))});
      }
    }
  }
  return list;
}

}  // namespace sandlint
