// Generated rulesets, loaded by the real iptables-restore and ipset into a namespace of the test's
// own and probed by real sockets: what the evaluator says must be what leaves.

#include <cstdlib>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "egress_target.h"
#include "scanner/egress/evaluate.h"
#include "scanner/egress/iptables.h"

namespace sandlint {
namespace {

constexpr std::uint32_t kUids[] = {2001, 2002};
constexpr int kRulesets = 100;

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string Ruleset(bool v6) {
    v6_ = v6;
    std::string text;
    if (Chance(3)) text += "*raw\n:OUTPUT ACCEPT\n" + Rules("OUTPUT", Raw()) + "COMMIT\n";
    if (Chance(3)) {
      text += "*mangle\n:OUTPUT ACCEPT\n:POSTROUTING " + Policy() + "\n" +
              Rules("OUTPUT", Mangle()) +
              (Chance(2) ? Rules("POSTROUTING", {"ACCEPT", "DROP"}) : "") + "COMMIT\n";
    }
    if (Chance(3)) text += "*nat\n:OUTPUT ACCEPT\n" + NatRules() + "COMMIT\n";
    text += "*filter\n:OUTPUT " + Policy() + "\n:A - [0:0]\n:B - [0:0]\n";
    text += Rules("OUTPUT", {"ACCEPT", "DROP", "REJECT", "A", "A", "B", "RETURN", "LOG", "goto A"});
    text += Rules("A", {"ACCEPT", "DROP", "RETURN", "B", "goto B", "REJECT"});
    text += Rules("B", {"ACCEPT", "DROP", "RETURN", "ACCEPT"});
    return text + "COMMIT\n";
  }

 private:
  using Choices = std::vector<std::string>;
  std::size_t Below(std::size_t most) { return random_() % most; }
  bool Chance(std::size_t one_in) { return Below(one_in) == 0; }
  std::string Pick(const Choices& all) { return all[Below(all.size())]; }
  std::string Policy() { return Chance(2) ? "ACCEPT" : "DROP"; }
  std::string Not() { return Chance(4) ? "! " : ""; }
  static Choices Raw() { return {"CT --notrack", "ACCEPT", "DROP", "NOTRACK"}; }
  static Choices Mangle() {
    return {"MARK --set-mark 0x1",
            "MARK --set-xmark 0x6/0x3",
            "MARK --or-mark 0x4",
            "MARK --and-mark 0xfffffffe",
            "CONNMARK --set-mark 0x5",
            "CONNMARK --save-mark",
            "CONNMARK --restore-mark",
            "ACCEPT",
            "DROP",
            "MARK --xor-mark 0x3"};
  }

  std::string Address() {
    return v6_ ? Pick({"2606:50c0::/32", "2001:db8::/32", "::1/128", "2606:50c0::1", "ff00::/8"})
               : Pick({"140.82.112.0/20", "10.0.0.0/255.0.0.0", "127.0.0.0/8", "140.82.112.5",
                       "0.0.0.0/0", "192.0.2.0/24", "8.8.8.8,9.9.9.9"});
  }

  std::string Protocol() {
    const std::string icmp = v6_ ? "ipv6-icmp" : "icmp";
    switch (Below(9)) {
      case 0:
        return " -p tcp -m tcp " + Not() + "--dport " + Ports();
      case 1:
        return " -p udp -m udp " + Not() + "--dport " + Ports();
      case 2:
        return " -p tcp -m multiport " + Not() + "--dports 80,443,5000:6000";
      case 3:
        return " -p udp -m multiport --dports 53,443";
      case 4:
        return " " + Not() + "-p tcp";
      case 5:
        return " " + Not() + "-p " + icmp;
      case 6:
        return " -p tcp -m tcp " + Not() + "--tcp-flags SYN,ACK SYN";
      case 7:
        return v6_ ? " -p ipv6-icmp -m icmp6 --icmpv6-type echo-request"
                   : " -p icmp -m icmp --icmp-type 8";
      default:
        return " -p tcp -m tcp --syn";
    }
  }
  std::string Ports() { return Pick({"443", "80", "1:442", "444:65535", "53", "1024:", ":1023"}); }

  std::string Match() {
    switch (Below(12)) {
      case 0:
        return " -m owner " + Not() + "--uid-owner 2001";
      case 1:
        return " -m owner " + Not() + "--uid-owner " + Pick({"2002", "0-2001", "2001-3000"});
      case 2:
        return " -m owner " + Not() + "--gid-owner 3001";
      case 3:
        return " -m conntrack " + Not() + "--ctstate " +
               Pick({"NEW", "ESTABLISHED,RELATED", "INVALID", "UNTRACKED", "NEW,INVALID"});
      case 4:
        return " " + Not() + "-o " + Pick({"lo", "d0", "d+", "nope0"});
      case 5:
        return " -m mark " + Not() + "--mark " + Pick({"0x1", "0x0", "0x4/0x4", "0x5"});
      case 6:
        return " -m connmark " + Not() + "--mark " + Pick({"0x0", "0x5"});
      case 7:
        return " -m set " + Not() + "--match-set " + (v6_ ? "six" : "four") + " dst";
      case 8:
        return v6_ ? " -m iprange " + Not() + "--dst-range 2606:50c0::-2606:50c0::ff"
                   : " -m iprange " + Not() + "--dst-range 140.82.112.0-140.82.112.9";
      case 9:
        return " -p tcp -m set --match-set " + std::string(v6_ ? "six" : "four") + "port dst,dst";
      case 10:
        return " -m addrtype " + Not() + "--dst-type " + Pick({"LOCAL", "MULTICAST"});
      default:
        return " -m comment --comment \"a \\\"b\\\" -j DROP\"";
    }
  }

  std::string Target(std::string target) {
    if (target.starts_with("goto ")) return " -g " + target.substr(5) + "\n";
    return " -j " + target + "\n";
  }

  std::string Rules(const std::string& chain, const Choices& targets) {
    std::string text;
    const std::size_t count = 1 + Below(5);
    for (std::size_t rule = 0; rule < count; ++rule) {
      text += "-A " + chain;
      bool protocol = false;
      const std::string address = Single(Address());
      const bool any = address.ends_with("/0");  // `! -d 0.0.0.0/0` is refused
      if (Chance(2)) text += " " + (any ? "" : Not()) + "-d " + address;
      if (Chance(2)) {
        text += Protocol();
        protocol = true;
      }
      for (std::size_t more = Below(3); more > 0; --more) {
        const std::string match = Match();
        const bool twice = match.find("-o ") != std::string::npos &&
                           text.substr(text.rfind("-A ")).find("-o ") != std::string::npos;
        if (!twice && (!protocol || match.find("-p ") == std::string::npos)) text += match;
        protocol = protocol || match.find("-p ") != std::string::npos;
      }
      text += Target(Pick(targets));
    }
    return text;
  }

  /// `!` and a list do not go together.
  std::string Single(const std::string& address) { return address.substr(0, address.find(',')); }

  std::string NatRules() {
    std::string text;
    for (std::size_t rule = 1 + Below(2); rule > 0; --rule) {
      text += "-A OUTPUT" + std::string(Chance(2) ? " -m owner --uid-owner 2001" : "") +
              " -p tcp -m tcp --dport " + Ports();
      const std::string to = v6_ ? Pick({"[2001:db8::9]:99", "2606:50c0::7"})
                                 : Pick({"10.1.1.1:99", "140.82.112.5", "127.0.0.1:3128"});
      text +=
          Chance(2) ? " -j REDIRECT --to-ports 3128\n" : " -j DNAT --to-destination " + to + "\n";
    }
    return text;
  }

  std::mt19937 random_;
  bool v6_ = false;
};

const std::string kSets =
    "create four hash:net family inet\nadd four 140.82.112.0/20\nadd four 140.82.113.0/24 nomatch\n"
    "add four 10.0.0.0/8\ncreate six hash:net family inet6\nadd six 2606:50c0::/32\n"
    "create fourport hash:ip,port family inet\nadd fourport 140.82.112.5,tcp:443\n"
    "add fourport 10.1.1.1,80-90\ncreate sixport hash:net,port family inet6\n"
    "add sixport 2606:50c0::/32,tcp:443\n";

constexpr EgressTarget kTargets[] = {
    {"tcp", "140.82.112.5", 443}, {"tcp", "140.82.113.7", 443}, {"tcp", "140.82.112.5", 80},
    {"tcp", "10.1.1.1", 80},      {"tcp", "10.1.1.1", 5432},    {"tcp", "127.0.0.1", 443},
    {"tcp", "8.8.8.8", 22},       {"udp", "8.8.8.8", 53},       {"udp", "140.82.112.5", 443},
    {"udp", "224.0.0.251", 5353}, {"icmp", "140.82.112.5", 0},  {"icmp", "8.8.8.8", 0},
    {"tcp", "2606:50c0::1", 443}, {"tcp", "2606:50c0::1", 80},  {"tcp", "2001:db8::9", 99},
    {"tcp", "::1", 443},          {"udp", "2001:db8::9", 53},   {"udp", "2606:50c0::7", 443},
    {"icmp", "2606:50c0::1", 0},  {"icmp", "2001:db8::9", 0},
};

/// One ruleset, in namespaces: a letter for each probe, user by user; `!` where it did not load.
std::string Observe(const std::string& v4, const std::string& v6) {
  return EgressLab::Run([&](EgressLab& lab) -> std::string {
    if (lab.Command("ipset restore", kSets) != 0) return "!ipset";
    if (lab.Command("iptables-restore", v4) != 0) return "!v4";
    if (lab.Command("ip6tables-restore", v6) != 0) return "!v6";
    return ProbeAll(lab, kUids, kTargets);
  });
}

bool MustHaveOracles() {
  const char* value = std::getenv("SANDLINT_REQUIRE_ORACLES");
  return value != nullptr && std::string(value) == "1";
}

TEST_CASE("what iptables lets out is what the evaluator says", "[live]") {
  const bool there = std::system(
                         "command -v iptables-restore ip6tables-restore ipset ip "
                         ">/dev/null 2>&1") == 0 &&
                     EgressLab::Available();
  if (!there) {
    WARN("skipped: wants root, iptables and ipset");
    REQUIRE(!MustHaveOracles());
    return;
  }
  const char* wanted = std::getenv("SANDLINT_IPTABLES_RULESETS");
  const int rulesets = wanted == nullptr ? kRulesets : std::atoi(wanted);
  int probes = 0;
  int uncertain = 0;
  for (int round = 0; round < rulesets; ++round) {
    Generator generator(static_cast<unsigned>(round) + 7);
    const std::string v4_text = generator.Ruleset(false);
    const std::string v6_text = generator.Ruleset(true);
    CAPTURE(round, v4_text, v6_text);
    const std::string seen = Observe(v4_text, v6_text);
    CHECK(seen.size() == std::size(kTargets) * std::size(kUids));
    CAPTURE(seen);
    if (seen.starts_with("!")) continue;

    const Source v4_source{"rules.v4", v4_text};
    const Source v6_source{"rules.v6", v6_text};
    const Source set_source{"ipset.conf", kSets};
    const IptablesFile v4 = ParseIptables(v4_source);
    const IptablesFile v6 = ParseIptables(v6_source);
    const IpsetFile sets = ParseIpset(set_source);
    const IptablesRuleset ruleset{{{Family::V4, &v4}, {Family::V6, &v6}}, {&sets}};
    std::size_t at = 0;
    for (const std::uint32_t uid : kUids) {
      IptablesProgram compiled = CompileIptables(ruleset, {"", uid, "", uid + 1000}, {});
      for (const EgressTarget& target : kTargets) {
        const FlowDecision decision = Decide(compiled.program, FlowOf(target, compiled.program));
        const Answer truth = seen[at++] == 'y' ? Answer::Yes : Answer::No;
        CAPTURE(uid, target.protocol, target.host, target.port, NameOf(decision.answer));
        CHECK((decision.answer == truth || decision.answer == Answer::Unknown));
        ++probes;
        if (decision.answer == Answer::Unknown) ++uncertain;
      }
    }
  }
  CAPTURE(probes, uncertain);
  CHECK(uncertain * 20 <= probes);
  if (wanted != nullptr) WARN(probes << " probes, " << uncertain << " uncertain");
}

}  // namespace
}  // namespace sandlint
