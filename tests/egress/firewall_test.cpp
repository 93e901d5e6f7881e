// What a whole file lets out, for one user.

#include "scanner/egress/firewall.h"

#include <algorithm>
#include <string>

#include "catch.h"
#include "scanner/egress/text.h"

namespace sandlint {
namespace {

struct Loaded {
  Workspace workspace;
  Firewall firewall;
};

void Load(const std::string& text, const EgressSubject& subject, Loaded& out) {
  const auto reader = MakeMemoryReader({});
  const NftRuleset rules = ReadNftRules(out.workspace.Add("fw.nft", text), *reader, out.workspace);
  out.firewall = NftFirewall(rules, subject, {});
}

Answer Ask(const Firewall& firewall, const char* protocol, const char* host, std::uint32_t port) {
  return AskFirewall(firewall, {protocol, host, port}).answer;
}

const char* kOneRule =
    "table inet mcp_egress {\n  chain output {\n"
    "    type filter hook output priority 0; policy accept;\n"
    "    meta skuid mcp-github ip daddr != { 140.82.112.0/20 } tcp dport 443 drop\n  }\n}\n";

}  // namespace

TEST_CASE("a rule for one port of one family leaves everything else open") {
  Loaded loaded;
  Load(kOneRule, {"mcp-github", {}, {}, {}}, loaded);
  const Firewall& firewall = loaded.firewall;
  CHECK(Ask(firewall, "tcp", "93.184.216.34", 443) == Answer::No);
  CHECK(Ask(firewall, "tcp", "127.0.0.1", 443) == Answer::No);
  CHECK(Ask(firewall, "tcp", "140.82.112.5", 443) == Answer::Yes);
  CHECK(Ask(firewall, "tcp", "93.184.216.34", 80) == Answer::Yes);
  CHECK(Ask(firewall, "udp", "93.184.216.34", 443) == Answer::Yes);
  CHECK(Ask(firewall, "icmp", "93.184.216.34", 0) == Answer::Yes);
  CHECK(Ask(firewall, "tcp", "2001:db8::1", 443) == Answer::Yes);
  CHECK(Ask(firewall, "tcp", "example.org", 443) == Answer::Unknown);

  const FirewallPicture picture = PictureOf(firewall);
  CHECK(!picture.witness.empty());
  CHECK(picture.witness_line.text == "policy accept");
  CHECK(picture.uncertain.empty());
  const FlowSet v6 = Intersect(OrdinarySpace(), FlowSet::Of(Family::V6));
  CHECK(Subtract(v6, picture.verdict.allow).Empty());
  const FlowSet udp = Intersect(OrdinarySpace(), FlowSet::OfProtocols(OneProtocol(kUdp)));
  CHECK(Subtract(udp, picture.verdict.allow).Empty());
}

TEST_CASE("another user, a container and a refused file are not stopped") {
  Loaded other;
  Load(kOneRule, {"mcp-db", {}, {}, {}}, other);
  CHECK(Ask(other.firewall, "tcp", "93.184.216.34", 443) == Answer::Yes);
  Loaded container;
  Load(kOneRule, {"mcp-github", {}, {}, {}, true}, container);
  CHECK(Ask(container.firewall, "tcp", "93.184.216.34", 443) == Answer::Yes);
  Loaded refused;
  Load(std::string(kOneRule) + "add rule inet mcp_egress nosuch drop\n", {"mcp-github", {}, {}, {}},
       refused);
  CHECK_FALSE(refused.firewall.Active());
  CHECK(Ask(refused.firewall, "tcp", "93.184.216.34", 443) == Answer::Yes);
}

TEST_CASE("an include that is not there leaves no answer certain") {
  Loaded loaded;
  Load("include \"/etc/rules.nft\"\n" + std::string(kOneRule), {"mcp-github", {}, {}, {}}, loaded);
  CHECK(Ask(loaded.firewall, "tcp", "93.184.216.34", 443) == Answer::Unknown);
  CHECK(Ask(loaded.firewall, "udp", "93.184.216.34", 443) == Answer::Unknown);
}

TEST_CASE("a rule that earlier ones leave nothing to is pointed out") {
  Loaded loaded;
  Load(
      "table inet t {\n  chain o {\n    type filter hook output priority 0;\n"
      "    ip daddr 10.0.0.0/8 accept\n    ip daddr 10.1.0.0/16 drop\n"
      "    meta skuid other drop\n    ct state established accept\n  }\n}\n",
      {"mcp", {}, {}, {}}, loaded);
  const FirewallPicture picture = PictureOf(loaded.firewall);
  REQUIRE(picture.shadowed.size() == 1);
  CHECK(picture.shadowed[0].text == "ip daddr 10.1.0.0/16 drop");
}

TEST_CASE("past a limit everything is uncertain") {
  Loaded loaded;
  Load(kOneRule, {"mcp-github", {}, {}, {}}, loaded);
  EvaluationLimits limits;
  limits.work = 1;
  limits.visits = 0;
  const FlowVerdict verdict = EvaluateAll(loaded.firewall.program, OrdinarySpace(), limits);
  CHECK(verdict.gave_up);
  CHECK(verdict.allow.Empty());
  CHECK(verdict.deny.Empty());
}

TEST_CASE("whatever the limit, an answer is the right one or uncertain") {
  std::string rules;
  for (int i = 0; i < 60; ++i) {
    rules += "ip daddr " + std::to_string(i * 3 + 1) + ".0.0.0/" + std::to_string(4 + i % 20) +
             " tcp dport " + std::to_string(i * 100) + "-" + std::to_string(i * 500 + 900) +
             (i % 2 == 0 ? " accept\n" : " drop\n");
  }
  Loaded loaded;
  Load("table inet t {\n chain o { type filter hook output priority 0; policy drop;\n" + rules +
           "}\n}\n",
       {"mcp", 2001, {}, {}}, loaded);
  const Program& program = loaded.firewall.program;
  const FlowVerdict whole = EvaluateAll(program);
  CHECK(!whole.gave_up);
  int gave_up = 0;
  for (std::size_t limit = 1; limit < 100'000; limit *= 3) {
    EvaluationLimits limits;
    limits.work = limit * 10;
    limits.visits = limit;
    limits.strips = limit * 5;
    const FlowVerdict some = EvaluateAll(program, OrdinarySpace(), limits);
    gave_up += some.gave_up ? 1 : 0;
    CHECK(Subtract(some.allow, whole.allow).Empty());
    CHECK(Subtract(some.deny, whole.deny).Empty());
    const FlowSet https = FlowsTo({"tcp", "9.9.9.9", 443});
    const Answer one = Decide(program, https, limits).answer;
    CHECK((one == Answer::Unknown || one == Decide(program, https).answer));
  }
  CHECK(gave_up > 1);
  CHECK(gave_up < 11);
}

}  // namespace sandlint
