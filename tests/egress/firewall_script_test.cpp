// Firewall commands of shell scripts.

#include "scanner/egress/firewall_script.h"

#include <string>

#include "catch.h"
#include "scanner/egress/firewall_files.h"
#include "scanner/files/reader.h"

namespace sandlint {
namespace {

struct Script {
  explicit Script(const std::string& text, const std::string& path = "setup.sh") {
    const auto reader = MakeMemoryReader({});
    taken = files.Add(workspace.Add(path, "#!/bin/bash\nset -e\n" + text), *reader, workspace);
  }
  std::string Ask(const std::string& host, const std::string& protocol = "tcp",
                  std::uint32_t port = 443) {
    Answer worst = Answer::Yes;
    for (const Firewall& firewall : files.For({"mcp", 2001, "", {}}, {})) {
      last = AskFirewall(firewall, {protocol, host, port});
      worst = std::min(worst, last.answer);
    }
    return NameOf(worst);
  }

  Workspace workspace;
  FirewallFiles files;
  bool taken = false;
  EgressAnswer last;
};

TEST_CASE("scripts: iptables commands one after the other") {
  Script script(
      "UID_OF=2001\niptables -F OUTPUT\nsudo iptables -A OUTPUT -m owner --uid-owner $UID_OF "
      "-d 140.82.112.0/20 -p tcp --dport 443 -j ACCEPT\n"
      "/usr/sbin/iptables -A OUTPUT -m owner --uid-owner \"${UID_OF}\" -j REJECT\n");
  CHECK(script.taken);
  CHECK(script.Ask("140.82.112.5") == "yes");
  CHECK(script.Ask("9.9.9.9") == "no");
  CHECK(script.last.because.at(0).span.source->path == "setup.sh");
  CHECK(script.Ask("2001:db8::1") == "yes");
  Script policy(
      "iptables -P OUTPUT DROP\nip6tables -P OUTPUT DROP\niptables -A OUTPUT -o lo -j "
      "ACCEPT\n");
  CHECK(policy.Ask("9.9.9.9") == "no");
  CHECK(policy.Ask("2001:db8::1") == "no");
}

TEST_CASE("scripts: sets, loops over words, functions and checks") {
  Script sets(
      "ipset create allowed hash:net\nfor net in 10.0.0.0/8 140.82.112.0/20; do\n"
      "  ipset add allowed \"$net\"\ndone\niptables -P OUTPUT DROP\n"
      "iptables -A OUTPUT -m set --match-set allowed dst -j ACCEPT\n");
  CHECK(sets.Ask("10.1.1.1") == "yes");
  CHECK(sets.Ask("9.9.9.9") == "no");
  Script function("deny() {\n iptables -A OUTPUT -d 9.9.9.9 -j DROP\n}\ndeny\n");
  CHECK(function.Ask("9.9.9.9") == "no");
  CHECK(function.Ask("8.8.8.8") == "yes");
  Script check("iptables -C OUTPUT -d 9.9.9.9 -j DROP || iptables -A OUTPUT -d 9.9.9.9 -j DROP\n");
  CHECK(check.Ask("9.9.9.9") == "no");
  Script never("deny() {\n iptables -A OUTPUT -j DROP\n}\n");
  CHECK(!never.taken);
}

TEST_CASE("scripts: nft commands and here-documents") {
  Script nft(
      "nft add table inet t\nnft 'add chain inet t o { type filter hook output priority 0 ; policy "
      "drop ; }'\nnft add rule inet t o \\\n  ip daddr 10.0.0.0/8 accept; nft add rule inet t o ip "
      "daddr 11.0.0.0/8 accept\n");
  CHECK(nft.taken);
  CHECK(nft.Ask("10.1.1.1") == "yes");
  CHECK(nft.Ask("11.1.1.1") == "yes");
  CHECK(nft.Ask("9.9.9.9") == "no");
  CHECK(nft.Ask("2001:db8::1") == "no");
  Script escaped(
      "nft add table inet t\nnft add chain inet t o \\{ type filter hook output priority "
      "0\\; policy drop\\; \\}\n");
  CHECK(escaped.Ask("9.9.9.9") == "no");
  Script here(
      "nft -f - <<EOF\ntable inet t {\n chain o {\n type filter hook output priority 0; "
      "policy drop;\n }\n}\nEOF\n");
  CHECK(here.Ask("9.9.9.9") == "no");
}

TEST_CASE("scripts: what is not known leaves nothing certain") {
  CHECK(Script("iptables -P OUTPUT DROP\niptables -A OUTPUT -d $(dig +short x) -j ACCEPT\n")
            .Ask("9.9.9.9") == "unknown");
  CHECK(Script("iptables -P OUTPUT DROP\nif [ -n \"$X\" ]; then iptables -P OUTPUT ACCEPT; fi\n")
            .Ask("9.9.9.9") == "unknown");
  CHECK(Script("iptables -P OUTPUT DROP\nwhile read -r ip; do iptables -I OUTPUT -d $ip -j ACCEPT; "
               "done < list\n")
            .Ask("9.9.9.9") == "unknown");
  CHECK(Script("iptables -P OUTPUT DROP\niptables-restore < other\n").Ask("9.9.9.9") == "unknown");
  CHECK(Script("X=DROP\nif a; then X=ACCEPT; fi\niptables -P OUTPUT $X\niptables -A OUTPUT -d "
               "1.1.1.1 -j DROP\n")
            .Ask("9.9.9.9") == "unknown");
  CHECK(Script("iptables -P OUTPUT DROP\ntrue || iptables -F\n").Ask("9.9.9.9") == "unknown");
  CHECK(
      Script("nft add table inet t\nnft 'add chain inet t o { type filter hook output priority 0; "
             "policy drop; }'\nnft add rule inet t nosuch drop\n")
          .Ask("9.9.9.9") == "unknown");
}

TEST_CASE("scripts: hostile and unrelated ones") {
  CHECK(!Script("echo iptables -P OUTPUT DROP\nnode x.js\n").taken);
  CHECK(!Script("nft list ruleset\n").taken);
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "( ";
  CHECK_NOTHROW(Script(deep + "iptables -P OUTPUT DROP"));
  CHECK_NOTHROW(Script("f() { f; f; iptables -P OUTPUT DROP; }\nf\n").Ask("9.9.9.9"));
}

}  // namespace
}  // namespace sandlint
