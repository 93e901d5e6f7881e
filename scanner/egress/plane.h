#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "scanner/egress/ports.h"

namespace sandlint {

__extension__ typedef unsigned __int128 Uint128;

/// First and last belong to it.
struct AddressRange {
  Uint128 first = 0;
  Uint128 last = 0;
  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

/// The same ports for every address of a range.
struct Strip {
  AddressRange addresses;
  PortSet ports;
};

struct PlaneNode;
/// A set of (address, port) pairs: a persistent balanced tree of disjoint strips, ordered by
/// address. Operations share what does not change, so that taking one prefix out of 100,000 costs a
/// path of the tree and not a copy of it. Null: empty.
using Plane = std::shared_ptr<const PlaneNode>;

struct PlaneNode {
  Strip strip;
  std::size_t size = 1;  ///< strips in this tree
  Plane left, right;
};

/// `addresses` in any order; each of them with `ports`.
Plane PlaneOf(std::vector<AddressRange> addresses, const PortSet& ports);
/// Strips that are sorted and disjoint.
Plane PlaneOfSorted(const std::vector<Strip>& strips);
Plane Intersect(const Plane& a, const Plane& b);
Plane Unite(const Plane& a, const Plane& b);
Plane Subtract(const Plane& a, const Plane& b);
/// The ports that go with one address.
PortSet PortsAt(const Plane& plane, Uint128 address);
/// In order of the addresses; neighbours with equal ports come as one.
std::vector<Strip> StripsOf(const Plane& plane);
inline std::size_t SizeOf(const Plane& plane) { return plane == nullptr ? 0 : plane->size; }
/// All strips with the ports that `change` makes of theirs.
Plane MapPorts(const Plane& plane, const std::function<PortSet(const PortSet&)>& change);

/// Sorted, without overlaps, neighbours merged.
std::vector<AddressRange> Normalised(std::vector<AddressRange> ranges);

}  // namespace sandlint
