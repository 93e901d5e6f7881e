// Sets that a script fills: what a file of rules lists of them is not all.

#include "scanner/egress/set_fillers.h"

#include <string>

#include "catch.h"
#include "scanner/egress/host_firewall.h"
#include "scanner/files/reader.h"

namespace sandlint {
namespace {

/// The answer of all rules of a machine that has these files.
std::string Ask(const std::vector<std::pair<std::string, std::string>>& files,
                const std::string& host, std::string* why = nullptr) {
  Workspace workspace;
  HostFirewalls firewalls;
  const auto reader = MakeMemoryReader({});
  for (const auto& [path, text] : files) {
    firewalls.Add(workspace.Add(path, text), FirewallPlace::Machine, *reader, workspace);
  }
  Answer worst = Answer::Yes;
  for (const HostFirewalls::Placed& one : firewalls.All({"", 2001, "", {}}, {})) {
    const EgressAnswer answer = AskFirewall(one.firewall, {"tcp", host, 443});
    worst = std::min(worst, answer.answer);
    for (const Evidence& line : answer.because) {
      if (why != nullptr) *why += line.note;
    }
  }
  return NameOf(worst);
}

const std::string kRules =
    "table inet t {\n set s { type ipv4_addr; elements = { 1.1.1.1 }\n }\n chain o { type filter "
    "hook output priority 0; policy drop; ip daddr @s accept\n }\n}\n";

TEST_CASE("sets that a script fills hold more than their file says") {
  CHECK(Ask({{"a.nft", kRules}}, "9.9.9.9") == "no");
  const std::string loop =
      "#!/bin/sh\nwhile read -r a; do nft add element inet t s \"{ $a }\"; done";
  CHECK(Ask({{"a.nft", kRules}, {"hosts.sh", loop}}, "9.9.9.9") == "unknown");
  CHECK(Ask({{"hosts.sh", loop}, {"a.nft", kRules}}, "9.9.9.9") == "unknown");
  CHECK(
      Ask({{"a.nft", kRules}, {"x.sh", "#!/bin/sh\nnft add element inet t other '{ 2.2.2.2 }'\n"}},
          "9.9.9.9") == "no");
  CHECK(Ask({{"a.nft", kRules}, {"x.sh", "nft \"add element inet $T $S { 2.2.2.2 }\"\n"}},
            "9.9.9.9") == "unknown");
}

TEST_CASE("a named set that is empty here is filled elsewhere") {
  std::string rules = kRules;
  rules.erase(rules.find("elements"), rules.find("}\n }") + 1 - rules.find("elements"));
  std::string why;
  CHECK(Ask({{"a.nft", rules}}, "9.9.9.9", &why) == "unknown");
  CHECK(why.find("the set s is empty here") != std::string::npos);
  CHECK(Ask({{"a.nft", rules}}, "2001:db8::1") == "no");
}

TEST_CASE("ipset: empty sets, and scripts that add to them") {
  const std::string rules =
      "*filter\n:OUTPUT DROP\n-A OUTPUT -m set --match-set s dst -j ACCEPT\nCOMMIT\n";
  CHECK(Ask({{"rules.v4", rules}, {"ipset.conf", "create s hash:net\n"}}, "9.9.9.9") == "unknown");
  const std::string full = "create s hash:net\nadd s 1.1.1.0/24\n";
  CHECK(Ask({{"rules.v4", rules}, {"ipset.conf", full}}, "9.9.9.9") == "no");
  CHECK(Ask({{"rules.v4", rules}, {"ipset.conf", full}, {"x.sh", "ipset -exist add s $1\n"}},
            "9.9.9.9") == "unknown");
}

TEST_CASE("words that fill sets are found wherever they stand") {
  SetFillers fillers;
  fillers.See("echo 'add element ip t a { 1.1.1.1 }' | nft -f -\nipset add b 1.1.1.1\n");
  CHECK(fillers.Fills("t", "a"));
  CHECK(!fillers.Fills("t", "b"));
  CHECK(fillers.FillsIpset("b"));
  CHECK(!fillers.FillsIpset("a"));
}

}  // namespace
}  // namespace sandlint
