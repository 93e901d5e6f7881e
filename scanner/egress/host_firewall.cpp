#include "scanner/egress/host_firewall.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "scanner/egress/text.h"

namespace sandlint {
namespace {

/// A ruleset that lets a user reach this share of all addresses names no hosts: the largest ranges
/// that any provider publishes are far smaller (a /8, a /20).
constexpr Uint128 kManyV4 = Uint128{1} << 24U;
constexpr Uint128 kManyV6 = Uint128{1} << 108U;

enum class Ports : std::uint8_t { Any, Https, ButHttps };

struct KindRow {
  const char* name;
  Family family;
  std::uint8_t protocol;
  Ports ports;
};
constexpr std::uint16_t kHttps = 443;
constexpr auto kKinds = std::to_array<KindRow>({
    {"IPv4 TCP port 443", Family::V4, kTcp, Ports::Https},
    {"IPv4 TCP on other ports", Family::V4, kTcp, Ports::ButHttps},
    {"IPv4 UDP", Family::V4, kUdp, Ports::Any},
    {"IPv4 ICMP", Family::V4, kIcmp, Ports::Any},
    {"IPv6 TCP port 443", Family::V6, kTcp, Ports::Https},
    {"IPv6 TCP on other ports", Family::V6, kTcp, Ports::ButHttps},
    {"IPv6 UDP", Family::V6, kUdp, Ports::Any},
    {"ICMPv6", Family::V6, kIcmpV6, Ports::Any},
});

PortSet PortsOf(Ports ports) {
  const PortSet https = PortsOf(std::vector<PortRange>{{kHttps, kHttps}});
  return ports == Ports::Any     ? AllPorts()
         : ports == Ports::Https ? https
                                 : Subtract(AllPorts(), https);
}

FlowSet SetOf(const KindRow& kind) {
  return Intersect(FlowSet::OfProtocols(OneProtocol(kind.protocol), PortsOf(kind.ports)),
                   FlowSet::Of(kind.family));
}

FlowSet Loopback() {
  constexpr Uint128 kFirst = Uint128{0x7f000000};
  return Intersect(FlowSet::OfProtocols(OneProtocol(kTcp)),
                   FlowSet::OfAddresses(Family::V4, {{kFirst, kFirst + 0xffffff}}));
}

bool ReachesMany(const FlowSet& set, Family family) {
  Uint128 count = 0;
  for (const Slab& slab : set.Slabs()) {
    for (const Strip& strip : StripsOf(slab.plane)) {
      count += strip.addresses.last - strip.addresses.first + 1;
    }
  }
  return count >= (family == Family::V4 ? kManyV4 : kManyV6);
}

/// Flows that every firewall lets out, flows that none stops for certain.
struct Passed {
  FlowSet allow = OrdinarySpace();
  FlowSet possible = OrdinarySpace();
};

Passed Pass(const std::vector<Firewall>& firewalls) {
  Passed passed;
  for (const Firewall& firewall : firewalls) {
    const FirewallPicture picture = PictureOf(firewall);
    passed.allow = Intersect(passed.allow, picture.verdict.allow);
    passed.possible =
        Intersect(passed.possible, Unite(picture.verdict.allow, picture.verdict.uncertain));
  }
  return passed;
}

/// The line that lets a flow out: of the last firewall that says something.
Evidence LineOf(const std::vector<Firewall>& firewalls, const Flow& flow) {
  Evidence line;
  for (const Firewall& firewall : firewalls) {
    if (!firewall.Active()) continue;
    const FlowDecision decision = Decide(firewall.program, flow);
    if (decision.decided_by.chain < 0) continue;
    line = EvidenceOf(firewall.program, decision.decided_by, decision.where);
  }
  return line;
}

void AddOpen(HostFirewall& result, const std::vector<Firewall>& firewalls, const Passed& passed) {
  const auto add = [&](const char* name, const FlowSet& set) {
    const auto witness = set.Witness();
    if (witness) result.open.push_back({name, FlowText(*witness), LineOf(firewalls, *witness)});
  };
  for (const KindRow& kind : kKinds) {
    const FlowSet set = Intersect(passed.allow, SetOf(kind));
    if (ReachesMany(Subtract(set, Loopback()), kind.family)) add(kind.name, set);
  }
  const FlowSet loopback = Intersect(passed.allow, Loopback());
  if (ReachesMany(loopback, Family::V4)) add("loopback TCP", loopback);
}

class Filter final : public FlowFilter {
 public:
  explicit Filter(std::vector<Firewall> firewalls) : firewalls_(std::move(firewalls)) {}

  EgressAnswer Ask(const Destination& destination) const override {
    EgressAnswer worst{Answer::Yes, {}, Confidence::High, {}};
    for (const Firewall& firewall : firewalls_) {
      EgressAnswer answer = AskFirewall(firewall, destination);
      if (answer.answer < worst.answer || worst.because.empty()) {
        std::swap(worst.because, answer.because);
      }
      worst.answer = std::min(worst.answer, answer.answer);
      worst.confidence = std::min(worst.confidence, answer.confidence);
      std::ranges::move(answer.assuming, std::back_inserter(worst.assuming));
    }
    return worst;
  }

 private:
  std::vector<Firewall> firewalls_;
};

}  // namespace

bool HostFirewalls::Add(const Source& source, const FileReader& reader, Workspace& workspace) {
  if (FirewallKindOf(source.path, source.text) == FirewallKind::Nft) {
    nft_.push_back(ReadNftRules(source, reader, workspace));
  } else if (!others_.Add(source, reader, workspace)) {
    return false;
  }
  files_.push_back({{&source, 0, 0}, -1, source.path, "the rules that are taken to be loaded"});
  return true;
}

std::vector<Firewall> HostFirewalls::All(const EgressSubject& subject,
                                         const EgressNames& names) const {
  std::vector<Firewall> all = others_.For(subject, names);
  for (const NftRuleset& ruleset : nft_) all.push_back(NftFirewall(ruleset, subject, names));
  return all;
}

HostFirewall HostFirewalls::For(const EgressSubject& subject, const EgressNames& names) const {
  HostFirewall result;
  if (Empty()) return result;
  std::vector<Firewall> firewalls = All(subject, names);
  const Passed passed = Pass(firewalls);
  result.governs = !Subtract(OrdinarySpace(), passed.allow).Empty();
  result.sure = Subtract(passed.possible, passed.allow).Empty();
  if (result.governs) {
    AddOpen(result, firewalls, passed);
    result.allowed = DescribeFlows(passed.allow, InterfaceNames{}, 8);
  }
  result.files = files_;
  result.filter = std::make_shared<Filter>(std::move(firewalls));
  return result;
}

Because HostFirewalls::Refusals(const EgressNames& names) const {
  Because refusals;
  for (const Firewall& firewall : All({}, names)) {
    for (const FirewallProblem& problem : firewall.refusals) {
      refusals.push_back({problem.where, -1, std::string(problem.where.Text()), problem.text});
    }
  }
  return refusals;
}

}  // namespace sandlint
