// pf's order of evaluation, from pf.conf(5): no pf is there to ask.

#include "scanner/egress/pf.h"

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "scanner/egress/evaluate.h"
#include "scanner/egress/text.h"
#include "scanner/parse/pf_expand.h"

namespace sandlint {
namespace {

struct Pf {
  explicit Pf(std::string text, std::map<std::string, std::string> anchors = {},
              bool has_main = true)
      : source(std::make_unique<Source>(Source{"pf.conf", std::move(text)})) {
    main = ParsePf(*source);
    if (has_main) ruleset.main = &main;
    for (auto& [name, body] : anchors) {
      others.push_back(std::make_unique<Source>(Source{name, body}));
      files.push_back(std::make_unique<PfFile>(ParsePf(*others.back())));
      ruleset.anchors.push_back({name, files.back().get(), {}});
    }
  }

  /// `yes`, `no` or `unknown` for `tcp 1.2.3.4 443`.
  std::string Ask(const std::string& protocol, const std::string& host, int port = 443,
                  EgressSubject subject = {"mcp", 501, "", std::nullopt}, const char* device = "") {
    EgressNames names;
    names.users = {{"root", 0}, {"mcp", 501}};
    Program program = CompilePf(ruleset, subject, names);
    const auto address = ParseAddress(host);
    REQUIRE(address.has_value());
    Flow flow;
    flow.family = address->family;
    flow.address = address->value;
    flow.protocol = protocol == "tcp"           ? kTcp
                    : protocol == "udp"         ? kUdp
                    : flow.family == Family::V4 ? kIcmp
                                                : kIcmpV6;
    flow.port = static_cast<std::uint16_t>(port);
    if (protocol == "icmp") {
      flow.port = flow.family == Family::V4 ? kEchoRequestV4 : kEchoRequestV6;
    }
    if (IsLoopback(*address)) flow.interface = 0;
    if (*device != '\0') flow.interface = *program.interfaces.Find(device);
    return NameOf(Decide(program, flow).answer);
  }

  std::unique_ptr<Source> source;
  PfFile main;
  std::vector<std::unique_ptr<Source>> others;
  std::vector<std::unique_ptr<PfFile>> files;
  PfRuleset ruleset;
};

const std::string kGitHub = "140.82.112.5", kOther = "93.184.216.34", kV6 = "2001:db8::1";

TEST_CASE("pf: no rule matches: pass; the last match wins; quick ends") {
  CHECK(Pf("").Ask("tcp", kOther) == "yes");
  CHECK(Pf("block out\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out\npass out\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("pass out\nblock out\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out quick\npass out\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block in\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("block\n").Ask("udp", kV6, 53) == "no");
  CHECK(Pf("block\nmatch out\n").Ask("tcp", kOther) == "no");
}

TEST_CASE("pf: an address literal fixes the family, a table does not") {
  CHECK(Pf("block out to ! 10.0.0.0/8\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out to ! 10.0.0.0/8\n").Ask("tcp", "10.1.2.3") == "yes");
  CHECK(Pf("block out to ! 10.0.0.0/8\n").Ask("tcp", kV6) == "yes");
  Pf table("table <t> const { 10/8 }\nblock out to ! <t>\n");
  CHECK(table.Ask("tcp", kV6) == "no");
  CHECK(table.Ask("tcp", "10.1.2.3") == "yes");
}

TEST_CASE("pf: negations in a list are alternatives, in a table exceptions") {
  CHECK(Pf("block out to { ! 10.0.0.0/8, ! 11.0.0.0/8 }\n").Ask("tcp", "10.1.2.3") == "no");
  Pf table("table <t> { 10/8, ! 10.1/16, 10.1.2.3 }\nblock out to <t>\n");
  CHECK(table.Ask("tcp", "10.2.0.1") == "no");
  CHECK(table.Ask("tcp", "10.1.0.1") == "yes");
  CHECK(table.Ask("tcp", "10.1.2.3") == "no");
}

TEST_CASE("pf: a table that is not defined, empty or in a file that is not here is not known") {
  CHECK(Pf("block out to ! <gh>\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("table <gh> persist\nblock out to ! <gh>\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("table <gh> file \"/etc/gh\"\nblock out to ! <gh>\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("table <gh> const {}\nblock out to ! <gh>\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out proto udp to ! <gh>\n").Ask("tcp", kOther) == "yes");
}

TEST_CASE("pf: users of TCP and UDP; ICMP passes the clause whoever sends") {
  Pf pf("block out user mcp\n");
  CHECK(pf.Ask("tcp", kOther) == "no");
  CHECK(pf.Ask("icmp", kOther) == "no");
  const EgressSubject other{"bob", 502, "", std::nullopt};
  CHECK(pf.Ask("tcp", kOther, 443, other) == "yes");
  CHECK(pf.Ask("icmp", kOther, 0, other) == "no");
  CHECK(pf.Ask("tcp", kOther, 443, {}) == "unknown");
  CHECK(Pf("block out proto tcp user { 400 >< 600 }\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out proto tcp user != mcp\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("block out proto tcp user > mcp\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("block out proto tcp user >= mcp\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out proto tcp user unknown\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("block out proto tcp group staff\n").Ask("tcp", kOther) == "unknown");
}

TEST_CASE("pf: ports with their operators") {
  const auto ask = [](const std::string& ports, int port) {
    return Pf("block out proto { tcp udp } to any port " + ports + "\n").Ask("udp", kOther, port);
  };
  CHECK(ask("443", 443) == "no");
  CHECK(ask("443", 444) == "yes");
  CHECK(ask("{ http, https }", 80) == "no");
  CHECK(ask("!= 443", 443) == "yes");
  CHECK(ask("!= 443", 53) == "no");
  CHECK(ask("100:200", 200) == "no");
  CHECK(ask("100 >< 200", 200) == "yes");
  CHECK(ask("100 >< 200", 199) == "no");
  CHECK(ask("100 <> 200", 150) == "yes");
  CHECK(ask("100 <> 200", 201) == "no");
  CHECK(ask("< 1024", 1024) == "yes");
  CHECK(ask(">= 1024", 1024) == "no");
  CHECK(ask("nosuchservice", 1024) == "unknown");
}

TEST_CASE("pf: skip, interfaces and groups") {
  CHECK(Pf("block\n").Ask("tcp", "127.0.0.1") == "no");
  CHECK(Pf("set skip on lo0\nblock\n").Ask("tcp", "127.0.0.1") == "yes");
  CHECK(Pf("set skip on lo\nblock\n").Ask("tcp", "127.0.0.1") == "yes");
  CHECK(Pf("set skip on lo\nblock\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("set skip on egress\nblock\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block out on egress\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block out on ! lo0\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out on ! lo0\n").Ask("tcp", "127.0.0.1") == "yes");
  CHECK(Pf("block out on en0\n").Ask("tcp", kOther, 443, {}, "en0") == "no");
  CHECK(Pf("block out on en0\n").Ask("tcp", kOther, 443, {}, "en1") == "yes");
  CHECK(Pf("block in\npass out\n").Ask("tcp", "127.0.0.1") == "unknown");
}

TEST_CASE("pf: anchors are asked where they are referenced") {
  const std::string guide = "block out proto tcp from any to !<github-ips> port 443\n";
  Pf alone("", {{"mcp", guide}}, false);
  CHECK(alone.Ask("tcp", kOther) == "yes");
  Pf unreferenced("pass\n", {{"mcp", guide}});
  CHECK(unreferenced.Ask("tcp", kOther) == "yes");
  Pf referenced("anchor \"mcp\"\n", {{"mcp", guide}});
  CHECK(referenced.Ask("tcp", kOther) == "unknown");
  CHECK(referenced.Ask("udp", kOther) == "yes");
  Pf closed("anchor \"mcp\"\n", {{"mcp", "block out proto tcp to !140.82.112.0/20\n"}});
  CHECK(closed.Ask("tcp", kOther) == "no");
  CHECK(closed.Ask("tcp", kGitHub) == "yes");
  CHECK(Pf("anchor \"mcp\"\npass\n", {{"mcp", "block out\n"}}).Ask("tcp", kOther) == "yes");
  CHECK(Pf("anchor \"mcp\"\npass\n", {{"mcp", "block out quick\n"}}).Ask("tcp", kOther) == "no");
  CHECK(Pf("anchor \"mcp\" proto udp\n", {{"mcp", "block out\n"}}).Ask("tcp", kOther) == "yes");
  CHECK(Pf("block\nanchor \"elsewhere\"\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block quick\nanchor \"elsewhere\"\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block\nanchor \"com.apple/*\"\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("anchor \"com.apple/*\"\n", {{"com.apple/mcp", "block out\n"}}).Ask("tcp", kOther) ==
        "no");
  CHECK(Pf("", {{"com.apple/mcp", "block out\n"}}, false).Ask("tcp", kOther) == "no");
  CHECK(Pf("anchor \"a/*\"\n", {{"a/b", "block out quick\n"}}).Ask("tcp", kOther) == "no");
  CHECK(Pf("anchor \"a/*\"\n", {{"a", "block out quick\n"}}).Ask("tcp", kOther) == "unknown");
}

TEST_CASE("pf: inline anchors, and quick on an anchor") {
  CHECK(Pf("anchor out proto tcp {\n block\n}\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("anchor out proto tcp {\n block\n}\n").Ask("udp", kOther) == "yes");
  CHECK(Pf("anchor quick {\n block out\n}\npass\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("anchor quick {\n block out proto udp\n}\npass\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("anchor quick {\n pass out\n}\nblock\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("anchor quick {\n anchor {\n pass out\n}\n}\nblock\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("anchor \"a\" {\n anchor \"../b\"\n}\nanchor \"b\" in {\n block out\n}\n")
            .Ask("tcp", kOther) == "no");
}

TEST_CASE("pf: an anchor that holds itself ends") {
  CHECK(Pf("anchor \"a\" {\n anchor \"/a\"\n block out\n}\n").Ask("tcp", kOther) != "yes");
}

TEST_CASE("pf: tags, also of rules that are not the last to match") {
  CHECK(Pf("match out to 10/8 tag LAN\nblock out\npass out tagged LAN\n").Ask("tcp", "10.1.1.1") ==
        "yes");
  CHECK(Pf("match out to 10/8 tag LAN\nblock out\npass out tagged LAN\n").Ask("tcp", kOther) ==
        "no");
  CHECK(Pf("match out to 10/8 tag LAN\nblock out ! tagged LAN\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("match out to 10/8 tag LAN\nblock out ! tagged LAN\n").Ask("tcp", "10.1.1.1") == "yes");
  CHECK(Pf("nat on en0 from any to any tag X -> (en0)\nblock out\npass out tagged X\n")
            .Ask("tcp", kOther, 443, {}, "en0") == "unknown");
}

TEST_CASE("pf: what depends on more than the flow is not known") {
  for (const char* clause :
       {"probability 50%", "tos 0x10", "received-on en1", "once", "fragment"}) {
    CAPTURE(clause);
    const std::string text = std::string("block out proto tcp from any to any ") + clause + "\n";
    CHECK(Pf(text).Ask("tcp", kOther) == "unknown");
  }
  CHECK(Pf("block out from 10.0.0.5 to any\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block out from 10.0.0.5 to any\n").Ask("tcp", kV6) == "yes");
  CHECK(Pf("block out from (self) to any\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out from self to any\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block out from any to api.github.com\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block out proto tcp from any port 5000 to any\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block\npass out route-to (en0 10.0.0.1)\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block out\ninclude \"/etc/more\"\n").Ask("tcp", kOther) == "unknown");
}

TEST_CASE("pf: flags of a first packet") {
  CHECK(Pf("block out proto tcp flags S/SA\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out proto tcp flags SA/SA\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("block out proto tcp flags any\n").Ask("tcp", kOther) == "no");
  CHECK(Pf("block out proto tcp flags /FSRPAUEW\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("block out proto tcp flags S/FSRPAUEW\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block quick flags FSRPAUEW/FSRPAUEW\n").Ask("tcp", kOther) == "yes");
  CHECK(Pf("block quick flags FSRPAUEW/FSRPAUEW\n").Ask("udp", kOther) == "no");
}

TEST_CASE("pf: ICMP types") {
  CHECK(Pf("block out inet proto icmp all icmp-type echoreq\n").Ask("icmp", kOther) == "no");
  CHECK(Pf("block out inet proto icmp all icmp-type 8 code 1\n").Ask("icmp", kOther) == "yes");
  CHECK(Pf("block out inet6 proto icmp6 all icmp6-type { echoreq }\n").Ask("icmp", kV6) == "no");
  CHECK(Pf("block out inet proto icmp all\n").Ask("icmp", kV6) == "yes");
}

TEST_CASE("pf: a file with an error denies nothing for certain, and allows nothing either") {
  CHECK(Pf("block out\nfrobnicate\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("pass out\nfrobnicate\n").Ask("tcp", kOther) == "unknown");
  CHECK(Pf("block out to any port 443\n").Ask("tcp", kOther) == "unknown");
}

std::string Kinds(const Pf& pf) {
  std::string text;
  for (const PfRemark& remark : RemarksOnPf(pf.ruleset, {})) {
    text += std::to_string(static_cast<int>(remark.kind)) + " " +
            std::string(remark.where.Text().substr(0, 20)) + "; ";
  }
  return text;
}

TEST_CASE("pf: the anchor of the guide is never asked, its table undefined, for every user") {
  const std::string guide =
      "# /etc/pf.anchors/mcp\nblock out proto tcp from any to !<github-ips> port 443\n";
  Pf pf("", {{"mcp", guide}}, false);
  const std::string kinds = Kinds(pf);
  CHECK(kinds == "1 block out proto tcp ; 3 !<github-ips>; 5 block out proto tcp ; ");
  // And where it is asked, all of UDP and every other port is open.
  Pf asked("anchor \"mcp\"\n", {{"mcp", guide}});
  CHECK(asked.Ask("udp", kOther) == "yes");
  CHECK(asked.Ask("udp", kV6, 53) == "yes");
  CHECK(asked.Ask("tcp", kOther, 80) == "yes");
  CHECK(asked.Ask("icmp", kOther) == "yes");
}

TEST_CASE("pf: what a text says about itself") {
  CHECK(Kinds(Pf("block out proto tcp user mcp\npass out\n")) == "6 block out proto tcp ; ");
  CHECK(Kinds(Pf("block out quick user mcp to any\n")) != "");  // an error: user stands too early
  CHECK(Kinds(Pf("block out to { ! 10/8, ! 11/8 } user mcp\n")) == "7 ! 10/8; ");
  CHECK(Kinds(Pf("block out to api.github.com user mcp\n")) == "8 api.github.com; ");
  CHECK(Kinds(Pf("anchor \"x\"\n")) == "2 anchor \"x\"; ");
  CHECK(Kinds(Pf("table <t> persist\npass out to <t>\n")) == "4 <t>; ");
}

TEST_CASE("pf: a user that does not exist makes pfctl refuse the file") {
  EgressNames names;
  names.users = {{"root", 0}};
  names.users_complete = true;
  Pf pf("block out proto tcp user nobody-here\n");
  CHECK(RemarksOnPf(pf.ruleset, names).at(0).kind == PfRemarkKind::UserUnknown);
  const Program program = CompilePf(pf.ruleset, {"nobody-here", {}, "", {}}, names);
  CHECK(Decide(program, Flow{}).answer == Answer::Unknown);
}

TEST_CASE("pf: the anchor of a path") {
  CHECK(PfAnchorOfPath("/etc/pf.anchors/mcp") == "mcp");
  CHECK(PfAnchorOfPath("etc/pf.anchors/com.apple") == "com.apple");
  CHECK(PfAnchorOfPath("/etc/pf.conf").empty());
  CHECK(PfAnchorOfPath("/etc/mypf.anchors/x").empty());
}

/// A random rule of the parts that expansion multiplies.
std::string RandomRule(std::mt19937& random) {
  const auto pick = [&](std::initializer_list<const char*> all) -> std::string {
    return *(all.begin() + random() % all.size());
  };
  std::string text = pick({"pass", "block", "block return", "match"}) + pick({" out", "", " in"});
  text += pick({"", "", " quick"}) + pick({"", "", " on lo0", " on { en0 ! lo0 }"});
  text += pick({"", "", " inet", " inet6"}) + pick({" proto tcp", " proto { tcp udp }"});
  text += " from " + pick({"any", "any", "any", "10.0.0.1"});
  text += " to " + pick({"any", "<t>", "! <t>", "10.0.0.0/8", "{ 10/8, ::1, 93.184.216.34 }",
                         "{ ! 10/8, ! 140.82.112.0/20 }", "2001:db8::/32"});
  text += pick({"", " port 443", " port { 80, 443, 5000:6000 }", " port != 443"});
  text += pick({"", "", " user mcp", " user { bob, != mcp }"});
  return text + pick({"", " tag A", " tagged A", " ! tagged A", " flags S/SA"}) + "\n";
}

TEST_CASE("pf: expanded rules answer as the lists that they come from") {
  std::mt19937 random(20261125);
  const std::string table = "table <t> const { 10/8, ! 10.1/16 }\n";
  for (int round = 0; round < 40; ++round) {
    std::string text = table;
    const int rules = 1 + static_cast<int>(random() % 6);
    for (int rule = 0; rule < rules; ++rule) text += RandomRule(random);
    Pf whole(text);
    std::string flat = table;
    for (const PfRule* rule : RulesOf(whole.main.statements)) {
      const auto expanded = ExpandPf(*rule);
      REQUIRE(expanded.has_value());
      for (const PfRule& one : *expanded) flat += PrintPf(one, {}) + "\n";
    }
    CAPTURE(text, flat);
    REQUIRE(whole.main.problems.empty());
    Pf parts(flat);
    REQUIRE(parts.main.problems.empty());
    for (const char* host : {"10.1.2.3", "10.2.0.1", "93.184.216.34", "2001:db8::1", "127.0.0.1"}) {
      for (const char* protocol : {"tcp", "udp", "icmp"}) {
        for (const int port : {443, 80, 53}) {
          CAPTURE(host, protocol, port);
          const std::string answer = whole.Ask(protocol, host, port);
          const std::string other = parts.Ask(protocol, host, port);
          // Two rules that may match are less certain than one list.
          REQUIRE((answer == other || answer == "unknown" || other == "unknown"));
        }
      }
    }
  }
}

}  // namespace
}  // namespace sandlint
