#include "scanner/egress/firewall_files.h"

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "catch.h"

namespace sandlint {
namespace {

/// The files of a machine, as `can --firewall` gives them.
struct Machine {
  using File = std::pair<const std::string, std::string>;
  Machine(std::initializer_list<File> list) {
    const std::map<std::string, std::string, std::less<>> files(list);
    const auto reader = MakeMemoryReader(files);
    for (const auto& [path, text] : files) {
      taken[path] = all.Add(workspace.Add(path, text), *reader, workspace);
    }
  }

  std::string Ask(const std::string& protocol, const std::string& host, std::uint32_t port = 443) {
    Answer worst = Answer::Yes;
    confidence = Confidence::High;
    for (const Firewall& firewall : all.For({"mcp", 2001, "", {}}, {})) {
      const EgressAnswer answer = AskFirewall(firewall, {protocol, host, port});
      worst = std::min(worst, answer.answer);
      confidence = std::min(confidence, answer.confidence);
    }
    return NameOf(worst);
  }

  Workspace workspace;
  FirewallFiles all;
  std::map<std::string, bool> taken;
  Confidence confidence = Confidence::High;
};

TEST_CASE("a pf.conf goes with its anchors, and is never sure of a no") {
  Machine closed{{"etc/pf.conf", "anchor \"mcp\"\n"},
                 {"etc/pf.anchors/mcp", "block out proto tcp to ! 10.0.0.0/8\n"}};
  CHECK(closed.Ask("tcp", "9.9.9.9") == "no");
  CHECK(closed.confidence <= Confidence::Medium);
  CHECK(closed.Ask("udp", "9.9.9.9") == "yes");
  Machine open{{"etc/pf.conf", "pass\n"}, {"etc/pf.anchors/mcp", "block out quick\n"}};
  CHECK(open.Ask("tcp", "9.9.9.9") == "yes");
  Machine alone{{"etc/pf.anchors/mcp", "block out quick\n"}};
  CHECK(alone.Ask("tcp", "9.9.9.9") == "yes");
  Machine loaded{{"pf.conf", "anchor a\nload anchor a from \"/etc/pf.anchors/a\"\n"},
                 {"pf.anchors/a", "block out quick\n"}};
  CHECK(loaded.Ask("tcp", "9.9.9.9") == "no");
}

TEST_CASE("iptables of both families are one firewall with their sets") {
  Machine machine{{"rules.v4",
                   "*filter\n:OUTPUT DROP\n-A OUTPUT -m set --match-set a dst -j ACCEPT\n"
                   "COMMIT\n"},
                  {"rules.v6", "*filter\n:OUTPUT DROP\nCOMMIT\n"},
                  {"ipset.conf", "create a hash:net\nadd a 10.0.0.0/8\n"}};
  CHECK(machine.Ask("tcp", "10.1.1.1") == "yes");
  CHECK(machine.Ask("tcp", "9.9.9.9") == "no");
  CHECK(machine.Ask("tcp", "2001:db8::1") == "no");
}

// What `ufw default deny outgoing`, `ufw allow out 53/udp` and two more write (ufw 0.36).
const std::string kUfwUser =
    "*filter\n:ufw-user-output - [0:0]\n:ufw-before-logging-output - [0:0]\n### RULES ###\n"
    "-A ufw-user-output -p tcp -d 140.82.112.0/20 --dport 443 -j ACCEPT\n"
    "-A ufw-user-output -p udp --dport 53 -j ACCEPT\n"
    "-A ufw-user-output -d 10.0.0.0/8 -j REJECT\n### END RULES ###\nCOMMIT\n";
const std::string kUfwUser6 =
    "*filter\n:ufw6-user-output - [0:0]\n-A ufw6-user-output -p udp --dport 53 -j ACCEPT\nCOMMIT\n";

TEST_CASE("ufw: its defaults and its rules, for both families") {
  Machine machine{{"etc/default/ufw", "IPV6=yes\nDEFAULT_OUTPUT_POLICY=\"DROP\"\n"},
                  {"etc/ufw/user.rules", kUfwUser},
                  {"etc/ufw/user6.rules", kUfwUser6}};
  CHECK(machine.Ask("tcp", "140.82.112.5") == "yes");
  CHECK(machine.Ask("tcp", "9.9.9.9") == "no");
  CHECK(machine.Ask("udp", "9.9.9.9", 53) == "yes");
  CHECK(machine.Ask("udp", "2001:db8::1", 53) == "yes");
  CHECK(machine.Ask("tcp", "2001:db8::1") == "no");
  CHECK(machine.Ask("tcp", "127.0.0.1") == "yes");
  Machine no_six{{"etc/default/ufw", "IPV6=no\nDEFAULT_OUTPUT_POLICY=\"ACCEPT\"\n"},
                 {"etc/ufw/user.rules", kUfwUser}};
  CHECK(no_six.Ask("tcp", "9.9.9.9") == "yes");
  CHECK(no_six.Ask("tcp", "10.1.1.1") == "no");
  CHECK(no_six.Ask("tcp", "2001:db8::1") == "no");
  Machine only{{"etc/ufw/user.rules", kUfwUser}};
  CHECK(only.Ask("tcp", "9.9.9.9") == "yes");
}

TEST_CASE("systemd: what is allowed wins, ports do not matter") {
  Machine unit{{"mcp.service",
                "[Service]\nExecStart=/usr/bin/node x\nIPAddressDeny=any\n"
                "IPAddressAllow=localhost 140.82.112.0/20\n"}};
  CHECK(unit.Ask("tcp", "140.82.112.5", 22) == "yes");
  CHECK(unit.Ask("udp", "9.9.9.9") == "no");
  CHECK(unit.Ask("tcp", "2001:db8::1") == "no");
  CHECK(unit.Ask("tcp", "127.0.0.1") == "yes");
  Machine reset{{"mcp.service", "[Service]\nIPAddressDeny=any\nIPAddressDeny=\n"}};
  CHECK(reset.Ask("tcp", "9.9.9.9") == "yes");
}

TEST_CASE("a text that is no firewall is not taken for one") {
  Machine machine{{"notes.txt", "hello\n"}, {"run.sh", "#!/bin/sh\nnode x.js\n"}};
  CHECK(machine.taken["notes.txt"] == false);
  CHECK(machine.taken["run.sh"] == false);
}

}  // namespace
}  // namespace sandlint
