#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace sandlint {

/// First and last belong to it.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 65535;
  friend bool operator==(const PortRange&, const PortRange&) = default;
};

/// A set of 16-bit numbers, immutable and shared: sorted ranges that neither overlap nor touch.
/// Never null.
using PortSet = std::shared_ptr<const std::vector<PortRange>>;

const PortSet& AllPorts();
const PortSet& NoPorts();
/// `ranges` in any order, overlapping or not; a range whose ends are swapped is empty.
PortSet PortsOf(std::vector<PortRange> ranges);
PortSet Intersect(const PortSet& a, const PortSet& b);
PortSet Unite(const PortSet& a, const PortSet& b);
PortSet Subtract(const PortSet& a, const PortSet& b);
bool HasPort(const PortSet& set, std::uint16_t port);
/// How much set algebra this thread has done; evaluations give up past a budget.
std::size_t& AlgebraWork();
inline bool SamePorts(const PortSet& a, const PortSet& b) { return a == b || *a == *b; }

}  // namespace sandlint
