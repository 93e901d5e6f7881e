// Rules of the machine itself hold every process of it.

#include <map>
#include <memory>
#include <string>

#include "catch.h"
#include "grant/text_host.h"
#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

std::string Ask(const std::string& command, std::map<std::string, std::string, std::less<>> texts) {
  auto host = std::make_shared<TextHost>();
  host->texts = std::move(texts);
  const auto reader = MakeMemoryReader({{".mcp.json", command}});
  ScanOptions options;
  options.host = host;
  const Workspace workspace = Scan(*reader, options);
  const Egress& egress = workspace.servers.at(0).launches.at(0).grant.egress;
  return NameOf(egress.Ask({"tcp", "9.9.9.9", 443}).answer);
}

const std::string kPlain = R"({"mcpServers": {"s": {"command": "node", "args": ["x.js"]}}})";
const std::string kPodman =
    R"({"mcpServers": {"s": {"command": "podman", "args": ["run", "--rm", "-i", "img"]}}})";
const std::string kDocker =
    R"({"mcpServers": {"s": {"command": "docker", "args": ["run", "--rm", "-i", "img"]}}})";

TEST_CASE("machine firewall: it holds launches without a user of their own, and what it includes") {
  const std::string drop =
      "table inet t {\n chain o {\n type filter hook output priority 0; policy drop;\n }\n}\n";
  CHECK(Ask(kPlain, {{"/etc/nftables.conf", drop}}) == "no");
  CHECK(Ask(kPlain, {{"/etc/nftables.conf", "include \"/etc/nftables.d/*.nft\"\n"},
                     {"/etc/nftables.d/a.nft", drop}}) == "no");
  CHECK(Ask(kPlain, {{"/etc/pf.conf", "anchor \"mcp\"\nblock out quick proto udp\n"},
                     {"/etc/pf.anchors/mcp", "block out quick proto tcp\n"}}) == "no");
}

TEST_CASE("machine firewall: ufw that is switched off holds nobody") {
  const std::string rules =
      "*filter\n:ufw-user-output - [0:0]\n-A ufw-user-output -j DROP\nCOMMIT\n";
  CHECK(Ask(kPlain, {{"/etc/ufw/user.rules", rules},
                     {"/etc/ufw/ufw.conf", "# comment\nENABLED=yes\n"}}) == "no");
  CHECK(Ask(kPlain, {{"/etc/ufw/user.rules", rules},
                     {"/etc/ufw/ufw.conf", "# comment\nENABLED=no\n"}}) == "yes");
}

TEST_CASE("machine firewall: what podman sends may be forwarded or a socket of its caller") {
  const std::string forward =
      "table inet t {\n chain f {\n type filter hook forward priority 0; policy drop;\n }\n}\n";
  const std::string output =
      "table inet t {\n chain o {\n type filter hook output priority 0; policy drop;\n }\n}\n";
  CHECK(Ask(kDocker, {{"/etc/nftables.conf", forward}}) == "no");
  CHECK(Ask(kDocker, {{"/etc/nftables.conf", output}}) == "yes");
  CHECK(Ask(kPodman, {{"/etc/nftables.conf", forward}}) == "unknown");
  CHECK(Ask(kPodman, {{"/etc/nftables.conf", output}}) == "unknown");
}

TEST_CASE("machine firewall: a user whom the machine does not have makes nft refuse the file") {
  const std::string rules =
      "table inet t {\n chain o {\n type filter hook output priority 0; policy drop;\n"
      " meta skuid nosuch accept\n }\n}\n";
  CHECK(Ask(kPlain, {{"/etc/nftables.conf", rules},
                     {"/etc/nsswitch.conf", "passwd: files systemd\n"},
                     {"/etc/passwd", "root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n"}}) ==
        "yes");
  CHECK(Ask(kPlain, {{"/etc/nftables.conf", rules},
                     {"/etc/nsswitch.conf", "passwd: files sss\n"},
                     {"/etc/passwd", "root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n"}}) ==
        "no");
}

}  // namespace
}  // namespace sandlint
