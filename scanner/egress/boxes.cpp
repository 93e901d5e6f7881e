#include "scanner/egress/boxes.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace sandlint {
namespace {

Head Common(const Head& a, const Head& b) {
  if (a.family != b.family) return {a.family, {}, 0};
  return {a.family, a.protocols & b.protocols, a.interfaces & b.interfaces};
}

/// `plane` with the parts of `head` that lie outside of `cut`, appended to `out`.
void CutAway(const Slab& slab, const Head& cut, std::vector<Slab>& out) {
  Head outside = slab.head;
  outside.protocols &= ~cut.protocols;
  if (!outside.Empty()) out.push_back({outside, slab.plane});
  Head beside = slab.head;
  beside.protocols &= cut.protocols;
  beside.interfaces &= ~cut.interfaces;
  if (!beside.Empty()) out.push_back({beside, slab.plane});
}

/// What is left of `slabs` outside of every head of `others`.
std::vector<Slab> Outside(std::vector<Slab> slabs, const std::vector<Slab>& others) {
  for (const Slab& other : others) {
    std::vector<Slab> next;
    for (Slab& slab : slabs) {
      if (Common(slab.head, other.head).Empty()) {
        next.push_back(std::move(slab));
      } else {
        CutAway(slab, other.head, next);
      }
    }
    slabs = std::move(next);
  }
  return slabs;
}

/// Two heads with the same plane, as one; false when they differ in both dimensions.
bool Merge(Head& a, const Head& b) {
  if (a.family != b.family) return false;
  if (a.protocols == b.protocols) {
    a.interfaces |= b.interfaces;
    return true;
  }
  if (a.interfaces != b.interfaces) return false;
  a.protocols |= b.protocols;
  return true;
}

Plane FullPlane(Family family) {
  static const Plane v4 = PlaneOf({{0, LastAddress(Family::V4)}}, AllPorts());
  static const Plane v6 = PlaneOf({{0, LastAddress(Family::V6)}}, AllPorts());
  return family == Family::V4 ? v4 : v6;
}

FlowSet BothFamilies(const Protocols& protocols, Interfaces interfaces, const PortSet& ports) {
  FlowSet out;
  for (const Family family : {Family::V4, Family::V6}) {
    const Plane plane =
        ports == AllPorts() ? FullPlane(family) : PlaneOf({{0, LastAddress(family)}}, ports);
    out = Unite(out, FlowSet::Of(Slab{{family, protocols, interfaces}, plane}));
  }
  return out;
}

}  // namespace

Protocols OneProtocol(std::uint8_t protocol) {
  Protocols out;
  out.set(protocol);
  return out;
}

FlowSet FlowSet::All() {
  static const FlowSet all = BothFamilies(~Protocols{}, kAllInterfaces, AllPorts());
  return all;
}

FlowSet FlowSet::Of(Family family) {
  return Of(Slab{{family, ~Protocols{}, kAllInterfaces}, FullPlane(family)});
}

FlowSet FlowSet::Of(Slab slab) {
  FlowSet out;
  out.Add(std::move(slab));
  return out;
}

FlowSet FlowSet::Of(const Flow& flow) {
  return Of(Slab{{flow.family, OneProtocol(flow.protocol), Interfaces{1} << flow.interface},
                 PlaneOf({{flow.address, flow.address}}, PortsOf({{flow.port, flow.port}}))});
}

FlowSet FlowSet::OfProtocols(const Protocols& protocols, const PortSet& ports) {
  return BothFamilies(protocols, kAllInterfaces, ports);
}

FlowSet FlowSet::OfInterfaces(Interfaces interfaces) {
  return BothFamilies(~Protocols{}, interfaces, AllPorts());
}

FlowSet FlowSet::OfAddresses(Family family, std::vector<AddressRange> addresses) {
  return Of(
      Slab{{family, ~Protocols{}, kAllInterfaces}, PlaneOf(std::move(addresses), AllPorts())});
}

std::size_t FlowSet::Size() const {
  std::size_t size = 0;
  for (const Slab& slab : slabs_) size += SizeOf(slab.plane);
  return size;
}

bool FlowSet::Contains(const Flow& flow) const {
  return std::ranges::any_of(slabs_, [&](const Slab& slab) {
    return slab.head.family == flow.family && slab.head.protocols.test(flow.protocol) &&
           ((slab.head.interfaces >> flow.interface) & 1U) != 0 &&
           HasPort(PortsAt(slab.plane, flow.address), flow.port);
  });
}

std::optional<Flow> FlowSet::Witness() const {
  if (slabs_.empty()) return std::nullopt;
  const auto score = [](const Slab& slab) {
    return (slab.head.interfaces != kLoopbackDevice ? 4 : 0) +
           (slab.head.protocols.test(kTcp) ? 2 : 0) + (slab.head.family == Family::V4 ? 1 : 0);
  };
  const Slab& slab = *std::ranges::max_element(slabs_, {}, score);
  Flow flow;
  flow.family = slab.head.family;
  for (int protocol = 255; protocol >= 0; --protocol) {
    const auto number = static_cast<std::uint8_t>(protocol);
    if (slab.head.protocols.test(number)) flow.protocol = number;
  }
  if (slab.head.protocols.test(kUdp)) flow.protocol = kUdp;
  if (slab.head.protocols.test(kTcp)) flow.protocol = kTcp;
  const Interfaces named = slab.head.interfaces & ~kLoopbackDevice;
  flow.interface = static_cast<std::uint8_t>(63 - std::countl_zero(named != 0 ? named : 1));
  flow.address = slab.plane->strip.addresses.first;
  flow.port = slab.plane->strip.ports->front().first;
  return flow;
}

void FlowSet::Add(Slab slab) {
  if (slab.plane != nullptr && !slab.head.Empty()) slabs_.push_back(std::move(slab));
}

void FlowSet::Compact() {
  for (std::size_t i = 0; i < slabs_.size(); ++i) {
    for (std::size_t j = i + 1; j < slabs_.size();) {
      if (slabs_[i].plane == slabs_[j].plane && Merge(slabs_[i].head, slabs_[j].head)) {
        slabs_.erase(slabs_.begin() + static_cast<std::ptrdiff_t>(j));
        j = i + 1;
      } else {
        ++j;
      }
    }
  }
}

FlowSet Intersect(const FlowSet& a, const FlowSet& b) {
  FlowSet out;
  for (const Slab& left : a.slabs_) {
    for (const Slab& right : b.slabs_) {
      const Head head = Common(left.head, right.head);
      if (!head.Empty()) out.Add({head, Intersect(left.plane, right.plane)});
    }
  }
  out.Compact();
  return out;
}

FlowSet Unite(const FlowSet& a, const FlowSet& b) {
  if (a.Empty()) return b;
  if (b.Empty()) return a;
  FlowSet out;
  for (const Slab& left : a.slabs_) {
    for (const Slab& right : b.slabs_) {
      const Head head = Common(left.head, right.head);
      if (!head.Empty()) out.Add({head, Unite(left.plane, right.plane)});
    }
  }
  for (Slab& slab : Outside(a.slabs_, b.slabs_)) out.Add(std::move(slab));
  for (Slab& slab : Outside(b.slabs_, a.slabs_)) out.Add(std::move(slab));
  out.Compact();
  return out;
}

FlowSet Subtract(const FlowSet& a, const FlowSet& b) {
  if (b.Empty()) return a;
  FlowSet out;
  for (const Slab& left : a.slabs_) {
    for (const Slab& right : b.slabs_) {
      const Head head = Common(left.head, right.head);
      if (!head.Empty()) out.Add({head, Subtract(left.plane, right.plane)});
    }
  }
  for (Slab& slab : Outside(a.slabs_, b.slabs_)) out.Add(std::move(slab));
  out.Compact();
  return out;
}

FlowSet UniteAll(std::vector<FlowSet> sets) {
  while (sets.size() > 1) {
    std::vector<FlowSet> next;
    for (std::size_t i = 0; i + 1 < sets.size(); i += 2)
      next.push_back(Unite(sets[i], sets[i + 1]));
    if (sets.size() % 2 == 1) next.push_back(std::move(sets.back()));
    sets = std::move(next);
  }
  return sets.empty() ? FlowSet{} : std::move(sets.front());
}

FlowSet Preimage(const FlowSet& set, Family family, std::optional<Uint128> address,
                 std::optional<std::uint16_t> port) {
  FlowSet out;
  for (const Slab& slab : set.Slabs()) {
    if (slab.head.family != family) continue;
    Plane plane = slab.plane;
    if (address) plane = PlaneOf({{0, LastAddress(family)}}, PortsAt(plane, *address));
    if (port) {
      plane = MapPorts(plane, [&](const PortSet& ports) {
        return HasPort(ports, *port) ? AllPorts() : NoPorts();
      });
    }
    out = Unite(out, FlowSet::Of(Slab{slab.head, std::move(plane)}));
  }
  return out;
}

}  // namespace sandlint
