#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/egress/plane.h"
#include "scanner/egress/ports.h"

namespace sandlint {

enum class Family : std::uint8_t { V4, V6 };

/// IP protocol numbers.
inline constexpr std::uint8_t kIcmp = 1, kTcp = 6, kUdp = 17, kDccp = 33, kIcmpV6 = 58, kSctp = 132,
                              kUdpLite = 136;
using Protocols = std::bitset<256>;
Protocols OneProtocol(std::uint8_t protocol);

/// Output devices, as a set: bit 0 is `lo`, the last one every device that no rule names, the
/// others are the names of the ruleset (InterfaceNames in program.h).
using Interfaces = std::uint64_t;
inline constexpr Interfaces kLoopbackDevice = 1, kAllInterfaces = ~Interfaces{0};
inline constexpr int kOtherInterface = 63;

/// The first packet of one new flow. IPv4 addresses are the low 32 bits. Of ICMP and ICMPv6 the
/// port is type * 256 + code; of protocols without ports it says nothing.
struct Flow {
  Family family = Family::V4;
  std::uint8_t protocol = kTcp;
  Uint128 address = 0;
  std::uint16_t port = 0;
  std::uint8_t interface = kOtherInterface;
  friend bool operator==(const Flow&, const Flow&) = default;
};
inline constexpr std::uint16_t kEchoRequestV4 = 8 * 256, kEchoRequestV6 = 128 * 256;

/// Everything of a flow but its address and port.
struct Head {
  Family family = Family::V4;
  Protocols protocols;
  Interfaces interfaces = kAllInterfaces;
  bool Empty() const { return protocols.none() || interfaces == 0; }
};

/// One product of sets.
struct Slab {
  Head head;
  Plane plane;
};

/// A set of flows: slabs whose heads are disjoint. Immutable in effect: operations return new sets,
/// which share what did not change.
class FlowSet {
 public:
  FlowSet() = default;  ///< none
  static FlowSet All();
  static FlowSet Of(Family family);
  static FlowSet Of(Slab slab);
  static FlowSet Of(const Flow& flow);
  /// Both families, any address.
  static FlowSet OfProtocols(const Protocols& protocols, const PortSet& ports = AllPorts());
  static FlowSet OfInterfaces(Interfaces interfaces);
  static FlowSet OfAddresses(Family family, std::vector<AddressRange> addresses);

  bool Empty() const { return slabs_.empty(); }
  /// How many strips it is made of: the measure of its cost.
  std::size_t Size() const;
  bool Contains(const Flow& flow) const;
  /// Any flow of it; of those that it has rather TCP, and not through `lo`.
  std::optional<Flow> Witness() const;
  const std::vector<Slab>& Slabs() const { return slabs_; }

  friend FlowSet Intersect(const FlowSet& a, const FlowSet& b);
  friend FlowSet Unite(const FlowSet& a, const FlowSet& b);
  friend FlowSet Subtract(const FlowSet& a, const FlowSet& b);

 private:
  void Add(Slab slab);
  void Compact();
  std::vector<Slab> slabs_;
};

/// The union of many sets in one go: n log n.
FlowSet UniteAll(std::vector<FlowSet> sets);

/// The flows that fall into `set` once their address (and port) are rewritten.
FlowSet Preimage(const FlowSet& set, Family family, std::optional<Uint128> address,
                 std::optional<std::uint16_t> port);

inline constexpr Uint128 LastAddress(Family family) {
  return family == Family::V4 ? Uint128{0xffffffff} : ~Uint128{0};
}

}  // namespace sandlint
