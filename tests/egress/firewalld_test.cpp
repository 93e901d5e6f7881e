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

}  // namespace
}  // namespace sandlint
