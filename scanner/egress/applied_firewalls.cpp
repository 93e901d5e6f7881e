#include "scanner/egress/applied_firewalls.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "scanner/egress/allowed_blocks.h"
#include "scanner/egress/text.h"

namespace sandlint {
namespace {

/// A ruleset that lets a user reach this share of all addresses names no hosts: the largest ranges
/// that any provider publishes are far smaller (a /8, a /20).
constexpr Uint128 kManyV4 = Uint128{1} << 24U;
constexpr Uint128 kManyV6 = Uint128{1} << 108U;

enum class Ports : std::uint8_t { All, Https, Http, Names, Others };

struct KindRow {
  const char* name;
  Family family;
  std::uint8_t protocol;
  Ports ports;
};
constexpr std::uint8_t kRarer = 0;  ///< whose sockets need no privilege either
constexpr std::uint16_t kHttps = 443, kHttp = 80, kNames = 53;
constexpr auto kKinds = std::to_array<KindRow>({
    {"IPv4 TCP port 443", Family::V4, kTcp, Ports::Https},
    {"IPv4 TCP port 80", Family::V4, kTcp, Ports::Http},
    {"IPv4 TCP on other ports", Family::V4, kTcp, Ports::Others},
    {"IPv4 UDP", Family::V4, kUdp, Ports::Others},
    {"IPv4 UDP port 53", Family::V4, kUdp, Ports::Names},
    {"IPv4 TCP port 53", Family::V4, kTcp, Ports::Names},
    {"IPv4 ICMP", Family::V4, kIcmp, Ports::All},
    {"IPv4 SCTP, DCCP or UDP-Lite", Family::V4, kRarer, Ports::All},
    {"IPv6 TCP port 443", Family::V6, kTcp, Ports::Https},
    {"IPv6 TCP port 80", Family::V6, kTcp, Ports::Http},
    {"IPv6 TCP on other ports", Family::V6, kTcp, Ports::Others},
    {"IPv6 UDP", Family::V6, kUdp, Ports::Others},
    {"IPv6 UDP port 53", Family::V6, kUdp, Ports::Names},
    {"IPv6 TCP port 53", Family::V6, kTcp, Ports::Names},
    {"ICMPv6", Family::V6, kIcmpV6, Ports::All},
    {"IPv6 SCTP, DCCP or UDP-Lite", Family::V6, kRarer, Ports::All},
});

PortSet PortsOf(Ports ports, std::uint8_t protocol) {
  const auto one = [](std::uint16_t port) { return PortsOf(std::vector<PortRange>{{port, port}}); };
  if (ports == Ports::All) return AllPorts();
  if (ports == Ports::Https) return one(kHttps);
  if (ports == Ports::Http) return one(kHttp);
  if (ports == Ports::Names) return one(kNames);
  const PortSet others = Subtract(AllPorts(), one(kNames));
  if (protocol != kTcp) return others;
  return Subtract(Subtract(others, one(kHttps)), one(kHttp));
}

FlowSet SetOf(const KindRow& kind) {
  const Protocols protocols = kind.protocol == kRarer
                                  ? OneProtocol(kSctp) | OneProtocol(kDccp) | OneProtocol(kUdpLite)
                                  : OneProtocol(kind.protocol);
  return Intersect(FlowSet::OfProtocols(protocols, PortsOf(kind.ports, kind.protocol)),
                   FlowSet::Of(kind.family));
}

FlowSet Loopback() {
  constexpr Uint128 kFirst = Uint128{0x7f000000};
  return Intersect(FlowSet::OfProtocols(OneProtocol(kTcp)),
                   FlowSet::OfAddresses(Family::V4, {{kFirst, kFirst + 0xffffff}}));
}

bool ReachesMany(const FlowSet& set, Family family) {
  const Uint128 many = family == Family::V4 ? kManyV4 : kManyV6;
  Uint128 count = 0;
  for (const Slab& slab : set.Slabs()) {
    for (const Strip& strip : StripsOf(slab.plane)) {
      // All of IPv6 is one more than a count can hold.
      const Uint128 more = strip.addresses.last - strip.addresses.first;
      if (more >= many) return true;
      count += more + 1;
      if (count >= many) return true;
    }
  }
  return false;
}

/// Flows that are let out for certain, flows that are not stopped for certain.
struct Passed {
  FlowSet allow = OrdinarySpace();
  FlowSet possible = OrdinarySpace();
};

Passed Pass(const AppliedFirewalls& firewalls) {
  Passed passed;
  for (const AppliedFirewall& one : firewalls) {
    passed.allow = Intersect(passed.allow, one.verdict.allow);
    if (one.doubtful) continue;
    passed.possible = Intersect(passed.possible, Unite(one.verdict.allow, one.verdict.uncertain));
  }
  return passed;
}

Passed Pass(const std::vector<AppliedFirewalls>& lists) {
  Passed all;
  for (bool first = true; const AppliedFirewalls& list : lists) {
    const Passed one = Pass(list);
    all.allow = first ? one.allow : Intersect(all.allow, one.allow);
    all.possible = first ? one.possible : Unite(all.possible, one.possible);
    first = false;
  }
  return all;
}

/// The line that lets a flow out: of the last firewall that says something.
Evidence LineOf(const AppliedFirewalls& firewalls, const Flow& flow) {
  Evidence line;
  for (const AppliedFirewall& one : firewalls) {
    if (!one.firewall.Active()) continue;
    const FlowDecision decision = Decide(one.firewall.program, flow);
    if (decision.decided_by.chain < 0) continue;
    line = EvidenceOf(one.firewall.program, decision.decided_by, decision.where);
  }
  return line;
}

/// Kinds that are open as such, and what is left block by block.
void AddOpen(HostFirewall& result, const AppliedFirewalls& firewalls, const FlowSet& allow) {
  std::vector<FlowSet> rest;
  const auto add = [&](const char* name, const FlowSet& set, bool names) {
    const auto witness = set.Witness();
    if (!witness) return;
    result.open.push_back({name, FlowText(*witness), LineOf(firewalls, *witness), names});
  };
  for (const KindRow& kind : kKinds) {
    const FlowSet set = Intersect(allow, SetOf(kind));
    if (ReachesMany(Subtract(set, Loopback()), kind.family)) {
      add(kind.name, set, kind.ports == Ports::Names);
    } else {
      rest.push_back(set);
    }
  }
  const FlowSet loopback = Intersect(allow, Loopback());
  if (ReachesMany(loopback, Family::V4)) add("loopback TCP", loopback, false);
  // Of two kinds that are open for the same reason the wider one is told.
  const auto has = [&](const std::string& kind) {
    return std::ranges::find(result.open, kind, &OpenFlow::kind) != result.open.end();
  };
  std::erase_if(result.open, [&](const OpenFlow& flow) {
    const std::string wider = flow.kind.substr(0, 8);  // `IPv4 UDP`
    const bool narrow = flow.names || flow.kind.ends_with(" TCP port 80");
    return narrow && (has(wider) || has(wider + " on other ports"));
  });
  result.allowlist = BlocksOf(UniteAll(std::move(rest)),
                              [&](const Flow& flow) { return LineOf(firewalls, flow); });
}

EgressAnswer Ask(const AppliedFirewalls& firewalls, const Destination& destination) {
  EgressAnswer worst{Answer::Yes, {}, Confidence::High, {}};
  for (const AppliedFirewall& one : firewalls) {
    EgressAnswer answer = AskFirewall(one.firewall, destination);
    if (one.doubtful && answer.answer == Answer::No) {
      answer.answer = Answer::Unknown;
      answer.confidence = Confidence::Low;
      answer.assuming.emplace_back("whether its rules mean the user of this launch is not known");
    }
    if (answer.answer < worst.answer || worst.because.empty()) {
      std::swap(worst.because, answer.because);
    }
    worst.answer = std::min(worst.answer, answer.answer);
    worst.confidence = std::min(worst.confidence, answer.confidence);
    if (!one.loaded.empty()) worst.assuming.push_back(one.loaded);
    std::ranges::move(answer.assuming, std::back_inserter(worst.assuming));
  }
  return worst;
}

class Filter final : public FlowFilter {
 public:
  explicit Filter(std::vector<AppliedFirewalls> lists) : lists_(std::move(lists)) {}

  EgressAnswer Ask(const Destination& destination) const override {
    EgressAnswer all = sandlint::Ask(lists_.front(), destination);
    for (std::size_t i = 1; i < lists_.size(); ++i) {
      const EgressAnswer other = sandlint::Ask(lists_[i], destination);
      if (other.answer == all.answer) continue;
      all.answer = Answer::Unknown;
      all.confidence = Confidence::Low;
      all.because.insert(all.because.end(), other.because.begin(), other.because.end());
      all.assuming.emplace_back(
          "which of these rules hold it is not known: they are those of different machines, or it "
          "may be forwarded");
    }
    return all;
  }

 private:
  std::vector<AppliedFirewalls> lists_;
};

}  // namespace

HostFirewall TogetherOf(std::vector<AppliedFirewalls> lists) {
  HostFirewall result;
  const auto empty = [](const AppliedFirewalls& list) { return list.empty(); };
  if (std::ranges::all_of(lists, empty)) return result;
  const Passed passed = Pass(lists);
  result.governs = !Subtract(OrdinarySpace(), passed.allow).Empty();
  result.sure = Subtract(passed.possible, passed.allow).Empty();
  if (result.governs) {
    AddOpen(result, lists.front(), passed.allow);
    result.allowed = DescribeFlows(passed.allow, InterfaceNames{}, 8);
  }
  for (const AppliedFirewall& one : lists.front()) {
    for (const Source* source : one.firewall.sources) {
      result.files.push_back({{source, 0, 0}, -1, source->path, one.loaded});
    }
    if (!one.loaded.empty()) result.assuming.push_back(one.loaded);
  }
  result.filter = std::make_shared<Filter>(std::move(lists));
  return result;
}

}  // namespace sandlint
