#include "scanner/egress/firewalld.h"

#include <string>

#include "catch.h"
#include "scanner/egress/firewall_files.h"
#include "scanner/files/reader.h"

namespace sandlint {
namespace {

std::string Ask(const std::string& text, const std::string& host) {
  Workspace workspace;
  FirewallFiles files;
  const auto reader = MakeMemoryReader({});
  if (!files.Add(workspace.Add("etc/firewalld/direct.xml", text), *reader, workspace))
    return "none";
  return NameOf(AskFirewall(files.For({"mcp", 2001, "", {}}, {}).at(0), {"tcp", host, 443}).answer);
}

TEST_CASE("firewalld: direct rules in the order of their priorities") {
  const std::string text =
      "<?xml version=\"1.0\"?>\n<direct>\n"
      " <rule ipv=\"ipv4\" table=\"filter\" chain=\"OUTPUT\" priority=\"9\">-m owner --uid-owner "
      "mcp -j DROP</rule>\n"
      " <rule ipv=\"ipv4\" table=\"filter\" chain=\"OUTPUT\" priority=\"1\">-d 10.0.0.0/8 -j "
      "ACCEPT</rule>\n</direct>\n";
  CHECK(Ask(text, "10.1.1.1") == "yes");
  CHECK(Ask(text, "9.9.9.9") == "no");
  CHECK(Ask(text, "2001:db8::1") == "yes");
  CHECK(Ask("<direct><passthrough ipv=\"ipv6\">-A OUTPUT -j DROP</passthrough></direct>",
            "2001:db8::1") == "no");
}

TEST_CASE("firewalld: what is not understood leaves nothing certain") {
  CHECK(Ask("<direct><rule ipv=\"ipv4\" table=\"filter\" chain=\"OUTPUT\" priority=\"0\">-d &lt;x "
            "-j DROP</rule></direct>",
            "9.9.9.9") == "unknown");
  CHECK(Ask("<direct><surprise/></direct>", "9.9.9.9") == "unknown");
  CHECK(Ask("<direct><rule", "9.9.9.9") == "unknown");
  CHECK(Ask("<zone/>", "9.9.9.9") == "none");
}

std::string AskPolicy(const std::string& inside, const std::string& host, std::uint32_t port = 443,
                      const std::string& target = "REJECT") {
  Workspace workspace;
  FirewallFiles files;
  const auto reader = MakeMemoryReader({});
  const std::string text =
      "<?xml version=\"1.0\"?>\n<policy target=\"" + target + "\">\n" + inside + "</policy>\n";
  REQUIRE(files.Add(workspace.Add("etc/firewalld/policies/out.xml", text), *reader, workspace));
  const Firewall firewall = files.For({"mcp", 2001, "", {}}, {}).at(0);
  return NameOf(AskFirewall(firewall, {"tcp", host, port}).answer);
}

const std::string kFromHost = "<ingress-zone name=\"HOST\"/><egress-zone name=\"ANY\"/>\n";

TEST_CASE("firewalld: policies from HOST hold what the machine sends") {
  const std::string rule =
      "<rule family=\"ipv4\"><destination address=\"140.82.112.0/20\"/><port port=\"443\" "
      "protocol=\"tcp\"/><accept/></rule>\n";
  CHECK(AskPolicy(kFromHost + rule, "140.82.112.5") == "yes");
  CHECK(AskPolicy(kFromHost + rule, "140.82.112.5", 80) == "no");
  CHECK(AskPolicy(kFromHost + rule, "9.9.9.9") == "no");
  CHECK(AskPolicy(kFromHost + rule, "2001:db8::1") == "no");
  CHECK(AskPolicy(kFromHost + rule, "127.0.0.1", 5432) == "yes");
  CHECK(AskPolicy(kFromHost + "<service name=\"https\"/>", "9.9.9.9") == "yes");
  CHECK(AskPolicy(kFromHost + "<port port=\"400-500\" protocol=\"tcp\"/>", "9.9.9.9") == "yes");
  const std::string deny =
      "<rule family=\"ipv4\"><destination address=\"9.9.9.9\"/><drop/></rule>\n";
  CHECK(AskPolicy(kFromHost + "<service name=\"https\"/>" + deny, "9.9.9.9") == "no");
  CHECK(AskPolicy(kFromHost + deny, "8.8.8.8", 443, "CONTINUE") == "yes");
  CHECK(AskPolicy(kFromHost + deny, "9.9.9.9", 443, "ACCEPT") == "no");
}

TEST_CASE("firewalld: policies between zones say nothing of it, words not known leave it open") {
  CHECK(AskPolicy("<ingress-zone name=\"public\"/><egress-zone name=\"ANY\"/>", "9.9.9.9") ==
        "yes");
  CHECK(AskPolicy("<ingress-zone name=\"HOST\"/><egress-zone name=\"public\"/>", "9.9.9.9") ==
        "unknown");
  CHECK(AskPolicy(kFromHost + "<service name=\"nosuch\"/>", "9.9.9.9") == "unknown");
  CHECK(AskPolicy(kFromHost + "<rule><icmp-type name=\"x\"/><accept/></rule>", "9.9.9.9") ==
        "unknown");
}

}  // namespace
}  // namespace sandlint
