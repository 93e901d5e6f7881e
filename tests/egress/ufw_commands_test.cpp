// `ufw` commands of a script; what each leaves in iptables was read from ufw 0.36 --dry-run.

#include "scanner/egress/ufw_commands.h"

#include <string>

#include "catch.h"
#include "scanner/egress/firewall_files.h"
#include "scanner/files/reader.h"

namespace sandlint {
namespace {

std::string Ask(const std::string& commands, const std::string& host, std::uint32_t port = 443,
                const std::string& protocol = "tcp") {
  Workspace workspace;
  FirewallFiles files;
  const auto reader = MakeMemoryReader({});
  if (!files.Add(workspace.Add("setup.sh", "#!/bin/sh\n" + commands), *reader, workspace)) {
    return "none";
  }
  Answer worst = Answer::Yes;
  for (const Firewall& firewall : files.For({"mcp", 2001, "", {}}, {})) {
    worst = std::min(worst, AskFirewall(firewall, {protocol, host, port}).answer);
  }
  return NameOf(worst);
}

const std::string kDeny = "ufw --force reset\nufw default deny outgoing\n";

TEST_CASE("ufw commands: defaults and rules for outgoing packets") {
  const std::string rules = kDeny +
                            "ufw allow out to 140.82.112.0/20 port 443 proto tcp\n"
                            "sudo ufw allow out 53/udp comment 'names'\nufw --force enable\n";
  CHECK(Ask(rules, "140.82.112.5") == "yes");
  CHECK(Ask(rules, "140.82.112.5", 80) == "no");
  CHECK(Ask(rules, "9.9.9.9") == "no");
  CHECK(Ask(rules, "2001:db8::1") == "no");
  CHECK(Ask(rules, "2001:db8::1", 53, "udp") == "yes");
  CHECK(Ask(rules, "9.9.9.9", 53, "tcp") == "no");
  CHECK(Ask(rules, "127.0.0.1", 5432) == "yes");
  CHECK(Ask("ufw default allow outgoing\nufw reject out to 9.9.9.9\nufw enable\n", "9.9.9.9") ==
        "no");
  CHECK(Ask(kDeny + "ufw allow out https\n", "9.9.9.9") == "yes");
  CHECK(Ask(kDeny + "ufw allow out proto tcp from any to any port 80,443\n", "9.9.9.9") == "yes");
  CHECK(Ask(kDeny + "ufw allow out proto tcp from any to any port 80,443\n", "9.9.9.9", 22) ==
        "no");
}

TEST_CASE("ufw commands: what comes in is no matter of what leaves") {
  CHECK(Ask("ufw default deny incoming\nufw allow 22/tcp\n", "9.9.9.9") == "none");
  CHECK(Ask(kDeny + "ufw allow 443\nufw allow in 443/tcp\n", "9.9.9.9") == "no");
  CHECK(Ask(kDeny + "ufw disable\n", "9.9.9.9") == "yes");
  CHECK(Ask(kDeny + "ufw reset\n", "9.9.9.9") == "none");
}

TEST_CASE("ufw commands: what is not understood leaves nothing certain") {
  for (const char* more : {"ufw delete allow out 443\n", "ufw insert 1 allow out 443\n",
                           "ufw allow out 'Nginx Full'\n", "ufw allow out $PORT\n",
                           "ufw limit out 443/tcp\n", "ufw allow out to any app Nginx\n",
                           "if true; then ufw allow out 443; fi\n", "ufw allow out to\n"}) {
    CAPTURE(more);
    CHECK(Ask(kDeny + more, "9.9.9.9") == "unknown");
  }
}

}  // namespace
}  // namespace sandlint
