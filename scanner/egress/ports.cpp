#include "scanner/egress/ports.h"

#include <algorithm>

namespace sandlint {
namespace {

using Ranges = std::vector<PortRange>;

PortSet Share(Ranges ranges) {
  AlgebraWork() += 1 + ranges.size() / 16;
  if (ranges.empty()) return NoPorts();
  if (ranges.size() == 1 && ranges[0] == PortRange{}) return AllPorts();
  return std::make_shared<const Ranges>(std::move(ranges));
}

/// Appends a range whose start is not before that of the last one.
void Append(Ranges& to, PortRange range) {
  if (!to.empty() && range.first <= std::uint32_t{to.back().last} + 1) {
    to.back().last = std::max(to.back().last, range.last);
  } else {
    to.push_back(range);
  }
}

Ranges Complement(const Ranges& ranges) {
  Ranges out;
  std::uint32_t next = 0;
  for (const PortRange& range : ranges) {
    if (range.first > next) {
      out.push_back(
          {static_cast<std::uint16_t>(next), static_cast<std::uint16_t>(range.first - 1)});
    }
    next = std::uint32_t{range.last} + 1;
  }
  if (next <= 65535) out.push_back({static_cast<std::uint16_t>(next), 65535});
  return out;
}

}  // namespace

std::size_t& AlgebraWork() {
  thread_local std::size_t work = 0;
  return work;
}

const PortSet& AllPorts() {
  static const PortSet all = std::make_shared<const Ranges>(Ranges{PortRange{}});
  return all;
}

const PortSet& NoPorts() {
  static const PortSet none = std::make_shared<const Ranges>();
  return none;
}

PortSet PortsOf(std::vector<PortRange> ranges) {
  std::erase_if(ranges, [](const PortRange& range) { return range.first > range.last; });
  std::ranges::sort(ranges, {}, &PortRange::first);
  Ranges out;
  for (const PortRange& range : ranges) Append(out, range);
  return Share(std::move(out));
}

PortSet Intersect(const PortSet& a, const PortSet& b) {
  if (a == b || b == AllPorts()) return a;
  if (a == AllPorts()) return b;
  Ranges out;
  for (auto i = a->begin(), j = b->begin(); i != a->end() && j != b->end();) {
    const auto first = std::max(i->first, j->first);
    const auto last = std::min(i->last, j->last);
    if (first <= last) out.push_back({first, last});
    i->last < j->last ? static_cast<void>(++i) : static_cast<void>(++j);
  }
  return Share(std::move(out));
}

PortSet Unite(const PortSet& a, const PortSet& b) {
  if (a == b || a == AllPorts() || b->empty()) return a;
  if (b == AllPorts() || a->empty()) return b;
  Ranges out;
  out.reserve(a->size() + b->size());
  auto i = a->begin();
  auto j = b->begin();
  while (i != a->end() || j != b->end()) {
    const bool left = j == b->end() || (i != a->end() && i->first <= j->first);
    Append(out, left ? *i++ : *j++);
  }
  return Share(std::move(out));
}

PortSet Subtract(const PortSet& a, const PortSet& b) {
  if (a == b || b == AllPorts()) return NoPorts();
  if (b->empty() || a->empty()) return a;
  return Intersect(a, Share(Complement(*b)));
}

bool HasPort(const PortSet& set, std::uint16_t port) {
  const auto after = std::ranges::upper_bound(*set, port, {}, &PortRange::first);
  return after != set->begin() && std::prev(after)->last >= port;
}

}  // namespace sandlint
