// The set algebra, against a brute-force copy over a small universe.

#include "scanner/egress/boxes.h"

#include <random>
#include <vector>

#include "catch.h"
#include "scanner/egress/text.h"

using namespace sandlint;

namespace {

constexpr std::uint8_t kSomeProtocols[] = {kIcmp, kTcp, kUdp};
constexpr int kAddresses = 12, kPorts = 4, kDevices = 2;

std::vector<Flow> Universe() {
  std::vector<Flow> out;
  for (const Family family : {Family::V4, Family::V6})
    for (const std::uint8_t protocol : kSomeProtocols)
      for (int address = 0; address < kAddresses; ++address)
        for (int port = 0; port < kPorts; ++port)
          for (int device = 0; device < kDevices; ++device)
            out.push_back({family, protocol, static_cast<Uint128>(address),
                           static_cast<std::uint16_t>(port), static_cast<std::uint8_t>(device)});
  return out;
}

FlowSet RandomBox(std::mt19937& random) {
  const auto pick = [&](int most) {
    return static_cast<int>(random() % static_cast<unsigned>(most));
  };
  Slab slab;
  slab.head.family = pick(2) == 0 ? Family::V4 : Family::V6;
  for (const std::uint8_t protocol : kSomeProtocols) {
    if (pick(3) != 0) slab.head.protocols.set(protocol);
  }
  slab.head.interfaces = static_cast<Interfaces>(pick(4));
  std::vector<AddressRange> ranges;
  for (int i = 0; i <= pick(3); ++i) {
    const int first = pick(kAddresses);
    ranges.push_back({static_cast<Uint128>(first), static_cast<Uint128>(first + pick(4))});
  }
  const int port = pick(kPorts);
  const PortSet ports = pick(3) == 0 ? AllPorts()
                                     : PortsOf({{static_cast<std::uint16_t>(port),
                                                 static_cast<std::uint16_t>(port + pick(3))}});
  slab.plane = PlaneOf(ranges, ports);
  return FlowSet::Of(slab);
}

/// A set and what it must hold, side by side.
struct Pair {
  FlowSet set;
  std::vector<bool> truth;
};

}  // namespace

TEST_CASE("set operations agree with brute force") {
  const std::vector<Flow> universe = Universe();
  std::mt19937 random(7);
  std::size_t wrong = 0;
  for (int round = 0; round < 60; ++round) {
    Pair all{{}, std::vector<bool>(universe.size(), false)};
    for (int step = 0; step < 12; ++step) {
      const FlowSet box = RandomBox(random);
      const unsigned operation = random() % 4;
      const FlowSet before = all.set;
      if (operation == 0)
        all.set = Subtract(all.set, box);
      else if (operation == 1 && step > 6)
        all.set = Intersect(all.set, box);
      else
        all.set = Unite(all.set, box);
      for (std::size_t i = 0; i < universe.size(); ++i) {
        const bool in = box.Contains(universe[i]);
        if (operation == 0)
          all.truth[i] = all.truth[i] && !in;
        else if (operation == 1 && step > 6)
          all.truth[i] = all.truth[i] && in;
        else
          all.truth[i] = all.truth[i] || in;
        if (all.set.Contains(universe[i]) != all.truth[i]) ++wrong;
      }
      const auto witness = all.set.Witness();
      CHECK(witness.has_value() == !all.set.Empty());
      if (witness) CHECK(all.set.Contains(*witness));
      CHECK(Subtract(Unite(all.set, before), all.set).Size() + Intersect(before, all.set).Size() >=
            Subtract(before, all.set).Size());
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("everything less everything is nothing") {
  CHECK(Subtract(FlowSet::All(), FlowSet::All()).Empty());
  CHECK(Subtract(FlowSet::All(), Unite(FlowSet::Of(Family::V4), FlowSet::Of(Family::V6))).Empty());
  CHECK(Subtract(FlowSet::Of(Family::V4), FlowSet::Of(Family::V6)).Size() == 1);
  const Flow last{Family::V6, 255, ~Uint128{0}, 65535, 63};
  const FlowSet rest = Subtract(FlowSet::All(), FlowSet::Of(last));
  CHECK_FALSE(rest.Contains(last));
  CHECK(Subtract(Subtract(FlowSet::All(), rest), FlowSet::Of(last)).Empty());
}

TEST_CASE("a large allowlist costs what its parts cost") {
  std::vector<AddressRange> prefixes;
  for (Uint128 i = 0; i < 100'000; ++i) prefixes.push_back({i * 4096, i * 4096 + 255});
  FlowSet rest = Subtract(FlowSet::All(), FlowSet::OfAddresses(Family::V4, prefixes));
  const std::size_t before = AlgebraWork();
  for (Uint128 i = 0; i < 1'000; ++i) {
    rest = Subtract(rest, FlowSet::OfAddresses(Family::V4, {{i * 40960 + 2000, i * 40960 + 2001}}));
  }
  CHECK(AlgebraWork() - before < 1'000'000);  // a path of the tree each, not a copy of it
  CHECK_FALSE(rest.Contains({Family::V4, kTcp, 2000, 1, 1}));
  CHECK(rest.Contains({Family::V4, kTcp, 2002, 1, 1}));
}

TEST_CASE("ranges print as the fewest prefixes") {
  const auto cidrs = [](const char* first, const char* last) {
    const Address from = *ParseAddress(first);
    return CidrsOf(from.family, {from.value, ParseAddress(last)->value});
  };
  using Lines = std::vector<std::string>;
  CHECK(cidrs("0.0.0.0", "255.255.255.255") == Lines{"0.0.0.0/0"});
  CHECK(cidrs("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == Lines{"::/0"});
  CHECK(cidrs("10.0.0.1", "10.0.0.4") == Lines{"10.0.0.1", "10.0.0.2/31", "10.0.0.4"});
  CHECK(cidrs("255.255.255.255", "255.255.255.255") == Lines{"255.255.255.255"});
  CHECK(cidrs("2001:db8::", "2001:db8::1") == Lines{"2001:db8::/127"});
}

TEST_CASE("addresses are read as strictly as packets have them") {
  CHECK_FALSE(ParseAddress("10.1"));
  CHECK_FALSE(ParseAddress("example.org"));
  CHECK_FALSE(ParseAddress(std::string_view("1.2.3.4\0x", 9)));
  CHECK(Unmapped(*ParseAddress("::ffff:192.0.2.1")).family == Family::V4);
  CHECK(AddressText(Family::V6, ParseAddress("2001:db8::1")->value) == "2001:db8::1");
  CHECK_FALSE(PrefixRange(*ParseAddress("10.0.0.0"), 33));
  CHECK(PrefixRange(*ParseAddress("::"), 0)->last == ~Uint128{0});
}
