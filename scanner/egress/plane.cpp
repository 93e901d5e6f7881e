#include "scanner/egress/plane.h"

#include <algorithm>
#include <utility>

namespace sandlint {
namespace {

Plane NodeOf(Strip strip, Plane left, Plane right) {
  ++AlgebraWork();
  const std::size_t size = 1 + SizeOf(left) + SizeOf(right);
  return std::make_shared<const PlaneNode>(
      PlaneNode{std::move(strip), size, std::move(left), std::move(right)});
}

/// A number that only shapes the tree (a randomised search tree stays balanced under split and
/// join); no result depends on it.
std::uint32_t Random() {
  thread_local std::uint32_t state = 2463534242U;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

Plane Join(const Plane& left, const Plane& right) {
  if (left == nullptr) return right;
  if (right == nullptr) return left;
  if (Random() % (left->size + right->size) < left->size) {
    return NodeOf(left->strip, left->left, Join(left->right, right));
  }
  return NodeOf(right->strip, Join(left, right->left), right->right);
}

Plane Leaf(AddressRange addresses, const PortSet& ports) {
  if (addresses.first > addresses.last || ports->empty()) return nullptr;
  return NodeOf({addresses, ports}, nullptr, nullptr);
}

/// What lies before `key` and what does not; a strip across it is cut.
std::pair<Plane, Plane> Split(const Plane& plane, Uint128 key) {
  if (plane == nullptr) return {};
  const AddressRange& range = plane->strip.addresses;
  if (range.last < key) {
    auto [low, high] = Split(plane->right, key);
    return {NodeOf(plane->strip, plane->left, std::move(low)), std::move(high)};
  }
  if (range.first >= key) {
    auto [low, high] = Split(plane->left, key);
    return {std::move(low), NodeOf(plane->strip, std::move(high), plane->right)};
  }
  return {Join(plane->left, Leaf({range.first, key - 1}, plane->strip.ports)),
          Join(Leaf({key, range.last}, plane->strip.ports), plane->right)};
}

/// What lies within `range`; nothing is built for what lies outside.
Plane Within(const Plane& plane, AddressRange range) {
  if (plane == nullptr) return nullptr;
  const AddressRange& own = plane->strip.addresses;
  if (own.last < range.first) return Within(plane->right, range);
  if (own.first > range.last) return Within(plane->left, range);
  const AddressRange common{std::max(own.first, range.first), std::min(own.last, range.last)};
  Plane left = own.first > range.first ? Within(plane->left, range) : nullptr;
  Plane right = own.last < range.last ? Within(plane->right, range) : nullptr;
  if (left == plane->left && right == plane->right && common == own) return plane;
  return NodeOf({common, plane->strip.ports}, std::move(left), std::move(right));
}

struct Parts {
  Plane before, within, after;
};

Parts SplitAround(const Plane& plane, AddressRange range) {
  Parts parts;
  auto [before, rest] = Split(plane, range.first);
  parts.before = std::move(before);
  if (range.last == ~Uint128{0}) {
    parts.within = std::move(rest);
  } else {
    std::tie(parts.within, parts.after) = Split(rest, range.last + 1);
  }
  return parts;
}

template <typename Change>
Plane Map(const Plane& plane, const Change& change) {
  if (plane == nullptr) return nullptr;
  Plane left = Map(plane->left, change);
  Plane right = Map(plane->right, change);
  PortSet ports = change(plane->strip.ports);
  if (ports->empty()) return Join(left, right);
  return NodeOf({plane->strip.addresses, std::move(ports)}, std::move(left), std::move(right));
}

Plane Clip(const Plane& plane, const PortSet& ports) {
  if (plane == nullptr || ports == AllPorts()) return plane;
  return Map(plane, [&](const PortSet& own) { return Intersect(own, ports); });
}

Plane Carve(const Plane& plane, const PortSet& ports) {
  if (plane == nullptr || ports == AllPorts()) return nullptr;
  return Map(plane, [&](const PortSet& own) { return Subtract(own, ports); });
}

void Collect(const Plane& plane, std::vector<Strip>& out) {
  if (plane == nullptr) return;
  Collect(plane->left, out);
  out.push_back(plane->strip);
  Collect(plane->right, out);
}

Plane Build(const std::vector<Strip>& strips, std::size_t from, std::size_t to) {
  if (from == to) return nullptr;
  const std::size_t middle = from + (to - from) / 2;
  return NodeOf(strips[middle], Build(strips, from, middle), Build(strips, middle + 1, to));
}

/// `strip` put over what lies within its range: `both` where there is something, `alone` elsewhere.
template <typename Both>
Plane Over(const Strip& strip, const Plane& within, const PortSet& alone, const Both& both) {
  if (within == nullptr) return Leaf(strip.addresses, alone);
  std::vector<Strip> old;
  std::vector<Strip> out;
  Collect(within, old);
  Uint128 next = strip.addresses.first;
  bool done = false;
  const auto add = [&](AddressRange range, PortSet ports) {
    if (range.first <= range.last && !ports->empty()) out.push_back({range, std::move(ports)});
  };
  for (const Strip& each : old) {
    if (each.addresses.first > next) add({next, each.addresses.first - 1}, alone);
    add(each.addresses, both(each.ports));
    done = each.addresses.last == strip.addresses.last;
    next = each.addresses.last + 1;
  }
  if (!done) add({next, strip.addresses.last}, alone);
  return Build(out, 0, out.size());
}

}  // namespace

std::vector<AddressRange> Normalised(std::vector<AddressRange> ranges) {
  std::ranges::sort(ranges, {}, &AddressRange::first);
  std::vector<AddressRange> out;
  for (const AddressRange& range : ranges) {
    if (range.first > range.last) continue;
    if (!out.empty() && (range.first <= out.back().last || range.first - 1 == out.back().last)) {
      out.back().last = std::max(out.back().last, range.last);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

Plane PlaneOf(std::vector<AddressRange> addresses, const PortSet& ports) {
  if (ports->empty()) return nullptr;
  std::vector<Strip> strips;
  for (const AddressRange& range : Normalised(std::move(addresses)))
    strips.push_back({range, ports});
  return Build(strips, 0, strips.size());
}

Plane PlaneOfSorted(const std::vector<Strip>& strips) { return Build(strips, 0, strips.size()); }

// Each of these takes the root of the smaller tree and cuts the larger one around it: the cost is
// that of the smaller one times a path in the larger.

Plane Intersect(const Plane& a, const Plane& b) {
  if (a == nullptr || b == nullptr) return nullptr;
  if (a == b) return a;
  if (a->size > b->size) return Intersect(b, a);
  if (a->size == 1) return Clip(Within(b, a->strip.addresses), a->strip.ports);
  const Parts parts = SplitAround(b, a->strip.addresses);
  return Join(Join(Intersect(a->left, parts.before), Clip(parts.within, a->strip.ports)),
              Intersect(a->right, parts.after));
}

Plane Unite(const Plane& a, const Plane& b) {
  if (a == nullptr || a == b) return b;
  if (b == nullptr) return a;
  if (a->size > b->size) return Unite(b, a);
  const Parts parts = SplitAround(b, a->strip.addresses);
  const PortSet& ports = a->strip.ports;
  const Plane middle = ports == AllPorts()
                           ? Leaf(a->strip.addresses, ports)
                           : Over(a->strip, parts.within, ports,
                                  [&](const PortSet& own) { return Unite(own, ports); });
  return Join(Join(Unite(a->left, parts.before), middle), Unite(a->right, parts.after));
}

Plane Subtract(const Plane& a, const Plane& b) {
  if (a == nullptr || a == b) return nullptr;
  if (b == nullptr) return a;
  if (a->size > b->size) {
    const Parts parts = SplitAround(a, b->strip.addresses);
    return Join(Join(Subtract(parts.before, b->left), Carve(parts.within, b->strip.ports)),
                Subtract(parts.after, b->right));
  }
  const Parts parts = SplitAround(b, a->strip.addresses);
  const PortSet& ports = a->strip.ports;
  const Plane middle =
      Over(a->strip, parts.within, ports, [&](const PortSet& own) { return Subtract(ports, own); });
  return Join(Join(Subtract(a->left, parts.before), middle), Subtract(a->right, parts.after));
}

PortSet PortsAt(const Plane& plane, Uint128 address) {
  for (const PlaneNode* node = plane.get(); node != nullptr;) {
    if (address < node->strip.addresses.first) {
      node = node->left.get();
    } else if (address > node->strip.addresses.last) {
      node = node->right.get();
    } else {
      return node->strip.ports;
    }
  }
  return NoPorts();
}

Plane MapPorts(const Plane& plane, const std::function<PortSet(const PortSet&)>& change) {
  return Map(plane, change);
}

std::vector<Strip> StripsOf(const Plane& plane) {
  std::vector<Strip> all;
  Collect(plane, all);
  std::vector<Strip> out;
  for (Strip& strip : all) {
    if (!out.empty() && out.back().addresses.last + 1 == strip.addresses.first &&
        SamePorts(out.back().ports, strip.ports)) {
      out.back().addresses.last = strip.addresses.last;
    } else {
      out.push_back(std::move(strip));
    }
  }
  return out;
}

}  // namespace sandlint
