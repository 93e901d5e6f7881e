#include "scanner/egress/iptables.h"

#include <memory>
#include <string>
#include <vector>

#include "catch.h"
#include "scanner/egress/evaluate.h"
#include "scanner/egress/text.h"

namespace sandlint {
namespace {

struct Tables {
  explicit Tables(std::string v4, std::string v6 = "", std::string ipset = "") {
    Add(Family::V4, std::move(v4));
    Add(Family::V6, std::move(v6));
    sources.push_back(std::make_unique<Source>(Source{"ipset.conf", std::move(ipset)}));
    sets = ParseIpset(*sources.back());
    ruleset.sets = {&sets};
  }

  void Add(Family family, std::string text) {
    if (text.empty()) return;
    sources.push_back(std::make_unique<Source>(Source{"rules", std::move(text)}));
    files.push_back(std::make_unique<IptablesFile>(ParseIptables(*sources.back())));
    ruleset.files.push_back({family, files.back().get()});
  }

  std::string Ask(const std::string& protocol, const std::string& host, int port = 443,
                  const EgressSubject& subject = {"mcp", 2001, "mcp", 3001}) {
    EgressNames names;
    names.users = {{"mcp", 2001}, {"bob", 2002}};
    IptablesProgram compiled = CompileIptables(ruleset, subject, names);
    const auto address = ParseAddress(host);
    REQUIRE(address.has_value());
    const bool v6 = address->family == Family::V6;
    Flow flow;
    flow.family = address->family;
    flow.address = address->value;
    flow.protocol = protocol == "tcp" ? kTcp : protocol == "udp" ? kUdp : v6 ? kIcmpV6 : kIcmp;
    flow.port = static_cast<std::uint16_t>(port);
    if (protocol == "icmp") flow.port = v6 ? kEchoRequestV6 : kEchoRequestV4;
    if (IsLoopback(*address)) flow.interface = 0;
    return NameOf(Decide(compiled.program, flow).answer);
  }

  std::string Kinds() {
    std::string text;
    for (const IptablesRemark& remark :
         CompileIptables(ruleset, {"mcp", 2001, "", {}}, {}).remarks) {
      text += std::to_string(static_cast<int>(remark.kind));
    }
    return text;
  }

  std::vector<std::unique_ptr<Source>> sources;
  std::vector<std::unique_ptr<IptablesFile>> files;
  IpsetFile sets;
  IptablesRuleset ruleset;
};

std::string Output(const std::string& rules, const std::string& policy = "ACCEPT") {
  return "*filter\n:OUTPUT " + policy + " [0:0]\n" + rules + "COMMIT\n";
}

TEST_CASE("iptables: rules for one family leave the other open") {
  Tables tables(Output("", "DROP"));
  CHECK(tables.Ask("tcp", "9.9.9.9") == "no");
  CHECK(tables.Ask("tcp", "2001:db8::1") == "yes");
  CHECK(tables.Kinds() == "0");
  CHECK(Tables(Output("", "DROP"), Output("", "DROP")).Ask("tcp", "2001:db8::1") == "no");
}

TEST_CASE("iptables: users by name, number, range, and groups") {
  const auto ask = [](const std::string& match, const EgressSubject& subject) {
    return Tables(Output("-A OUTPUT -m owner " + match + " -j DROP\n"))
        .Ask("tcp", "9.9.9.9", 443, subject);
  };
  const EgressSubject mcp{"mcp", 2001, "mcp", 3001};
  CHECK(ask("--uid-owner mcp", mcp) == "no");
  CHECK(ask("--uid-owner bob", mcp) == "yes");
  CHECK(ask("! --uid-owner bob", mcp) == "no");
  CHECK(ask("--uid-owner 2000-2001", mcp) == "no");
  CHECK(ask("--uid-owner 2002-3000", mcp) == "yes");
  CHECK(ask("--gid-owner 3001", mcp) == "no");
  CHECK(ask("--gid-owner 9 --suppl-groups", mcp) == "unknown");
  CHECK(ask("--uid-owner 2001", {"stranger", {}, "", {}}) == "unknown");
  CHECK(ask("--uid-owner stranger", {"stranger", {}, "", {}}) == "no");
}

TEST_CASE("iptables: what depends on more than the flow goes both ways") {
  for (const char* match : {"-m limit --limit 5/sec", "-s 10.0.0.1", "-p tcp --sport 5000",
                            "-m statistic --mode random --probability 0.5", "-m frobnicate --x 1",
                            "-d api.github.com", "-m set --match-set nowhere dst"}) {
    CAPTURE(match);
    Tables tables(Output(std::string("-A OUTPUT ") + match + " -j DROP\n"));
    CHECK(tables.Ask("tcp", "9.9.9.9") == "unknown");
  }
  CHECK(Tables(Output("-A OUTPUT -j NFQUEUE --queue-num 1\n")).Ask("tcp", "9.9.9.9") == "unknown");
  CHECK(Tables(Output("-A OUTPUT -j nochain\n")).Ask("tcp", "9.9.9.9") == "unknown");
  CHECK(Tables(Output("-A OUTPUT -m limit --limit 1/s -j LOG\n-A OUTPUT -j DROP\n"))
            .Ask("tcp", "9.9.9.9") == "no");
}

TEST_CASE("iptables: a new flow is new, whatever is established") {
  const std::string rules =
      "-A OUTPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n"
      "-A OUTPUT -m state --state NEW -p tcp -m tcp --dport 443 -j ACCEPT\n";
  Tables tables(Output(rules, "DROP"));
  CHECK(tables.Ask("tcp", "9.9.9.9") == "yes");
  CHECK(tables.Ask("tcp", "9.9.9.9", 80) == "no");
  CHECK(tables.Ask("udp", "9.9.9.9") == "no");
}

TEST_CASE("iptables: chains, goto, return, insertion, deletion, policy commands") {
  const std::string head = "*filter\n:OUTPUT ACCEPT\n:A -\n";
  CHECK(Tables(head + "-A OUTPUT -g A\n-A OUTPUT -j DROP\nCOMMIT\n").Ask("tcp", "9.9.9.9") ==
        "yes");
  CHECK(Tables(head + "-A OUTPUT -j A\n-A OUTPUT -j DROP\nCOMMIT\n").Ask("tcp", "9.9.9.9") == "no");
  CHECK(Tables(head + "-A OUTPUT -j ACCEPT\n-I OUTPUT -j DROP\nCOMMIT\n").Ask("tcp", "9.9.9.9") ==
        "no");
  CHECK(Tables(head + "-A OUTPUT -j DROP\n-D OUTPUT -j DROP\nCOMMIT\n").Ask("tcp", "9.9.9.9") ==
        "yes");
  CHECK(Tables(head + "-P OUTPUT DROP\nCOMMIT\n").Ask("tcp", "9.9.9.9") == "no");
  CHECK(Tables(head + "[3:120] -A OUTPUT -j DROP\nCOMMIT\n").Ask("tcp", "9.9.9.9") == "no");
  CHECK(Tables(head + "-A OUTPUT -6 -j DROP\nCOMMIT\n").Ask("tcp", "9.9.9.9") == "yes");
  CHECK(Tables(head + "-A OUTPUT -d ! 10.0.0.0/8 -j DROP\nCOMMIT\n").Ask("tcp", "9.9.9.9") == "no");
}

TEST_CASE("iptables: without COMMIT nothing is loaded; an error leaves nothing certain") {
  CHECK(Tables("*filter\n:OUTPUT DROP\n").Ask("tcp", "9.9.9.9") == "yes");
  CHECK(Tables("*filter\n:OUTPUT DROP\n").Kinds() == "2");
  CHECK(Tables(Output("nonsense\n", "DROP")).Ask("tcp", "9.9.9.9") == "unknown");
}

TEST_CASE("iptables: sets with exceptions, ports, lists and timeouts") {
  const std::string sets =
      "create a hash:net family inet\nadd a 10.0.0.0/8\nadd a 10.1.0.0/16 nomatch\n"
      "create b hash:ip,port\nadd b 1.2.3.4,udp:53\ncreate l list:set size 8\nadd l a\n"
      "create t hash:net timeout 300\nadd t 9.0.0.0/8\n";
  const auto ask = [&](const std::string& match, const char* protocol, const char* host, int port) {
    return Tables(Output("-A OUTPUT -m set " + match + " -j DROP\n"), "", sets)
        .Ask(protocol, host, port);
  };
  CHECK(ask("--match-set a dst", "tcp", "10.2.0.1", 1) == "no");
  CHECK(ask("--match-set a dst", "tcp", "10.1.0.1", 1) == "yes");
  CHECK(ask("! --match-set a dst", "tcp", "9.9.9.9", 1) == "no");
  CHECK(ask("--match-set a src", "tcp", "9.9.9.9", 1) == "unknown");
  CHECK(ask("--match-set b dst,dst", "udp", "1.2.3.4", 53) == "no");
  CHECK(ask("--match-set b dst,dst", "tcp", "1.2.3.4", 53) == "yes");
  CHECK(ask("--match-set l dst", "tcp", "10.2.0.1", 1) == "no");
  CHECK(ask("--match-set t dst", "tcp", "9.9.9.9", 1) == "unknown");
  CHECK(ask("--match-set t dst", "tcp", "8.8.8.8", 1) == "yes");
}

TEST_CASE("iptables: what a container sends is forwarded, past DOCKER-USER, without a user") {
  EgressSubject container{"", {}, "", {}};
  container.forwarded = true;
  const auto ask = [&](const std::string& rules) {
    return Tables("*filter\n:FORWARD ACCEPT\n:OUTPUT DROP\n:DOCKER-USER -\n" + rules + "COMMIT\n")
        .Ask("tcp", "9.9.9.9", 443, container);
  };
  CHECK(ask("") == "yes");
  CHECK(ask("-A DOCKER-USER -d 9.0.0.0/8 -j DROP\n") == "no");
  CHECK(ask("-A DOCKER-USER -i docker0 -j DROP\n") == "unknown");
  CHECK(ask("-A DOCKER-USER -m owner --uid-owner 5 -j DROP\n") == "yes");
  CHECK(ask("-A DOCKER-USER -m owner ! --uid-owner 5 -j DROP\n") == "no");
  CHECK(ask("-A FORWARD -d 8.0.0.0/8 -j DOCKER-USER\n-A DOCKER-USER -j DROP\n") == "yes");
  CHECK(ask("-P FORWARD DROP\n") == "no");
}

TEST_CASE("iptables: the words of a rule keep their place") {
  const Source source{"rules.v4",
                      "*filter\n-A OUTPUT -m comment --comment \"a \\\"b\\\"\" -j DROP\n"};
  const IptablesFile file = ParseIptables(source);
  REQUIRE(file.lines.size() == 2);
  CHECK(file.lines[1].words.at(3).text == "a \"b\"");
  CHECK(file.lines[1].words.at(5).span.Text() == "DROP");
  CHECK(file.lines[1].span.Text().starts_with("-A OUTPUT"));
}

TEST_CASE("iptables: the family of a path") {
  CHECK(IptablesFamilyOfPath("/etc/iptables/rules.v6") == Family::V6);
  CHECK(IptablesFamilyOfPath("/etc/iptables/rules.v4") == Family::V4);
  CHECK(IptablesFamilyOfPath("/etc/ufw/user6.rules") == Family::V6);
}

}  // namespace
}  // namespace sandlint
