// Which firewall files of a tree govern which launch: a file that lies there is no proof that it is
// loaded where the server starts.

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "catch.h"
#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

/// Words of a launch, as the args of a config.
std::string Config(const std::string& words) {
  std::string list;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", words.substr(at, end - at));
    at = end + 1;
  }
  return fmt::format(R"({{"mcpServers": {{"s": {{"command": "env", "args": [{}]}}}}}})", list);
}

struct Tree {
  Tree(const std::string& words, Files files) {
    files[".mcp.json"] = Config(words);
    const auto reader = MakeMemoryReader(std::move(files));
    workspace = Scan(*reader, {});
  }
  const Egress& egress() const { return workspace.servers.at(0).launches.at(0).grant.egress; }
  std::string Ask(const std::string& host = "9.9.9.9") {
    last = egress().Ask({"tcp", host, 443});
    return NameOf(last.answer);
  }
  bool Assumes(const std::string& text) const {
    for (const std::string& one : last.assuming) {
      if (one.find(text) != std::string::npos) return true;
    }
    return false;
  }

  Workspace workspace;
  EgressAnswer last;
};

std::string Nft(const std::string& rules, const std::string& policy = "accept",
                const std::string& more = "") {
  return fmt::format(
      "table inet t {{\n chain o {{\n type filter hook output priority 0; policy {};\n {}\n "
      "}}\n{}}}\n",
      policy, rules, more);
}

const std::string kAsUser = "sudo -n -u mcp-x node x.js";

TEST_CASE("tree firewall: rules that do not name the user of a launch hold nobody") {
  const std::string router = Nft("ip daddr 10.0.0.0/8 accept", "drop");
  CHECK(Tree("node x.js", {{"router/nftables.conf", router}}).Ask() == "yes");
  CHECK(Tree(kAsUser, {{"router/nftables.conf", router}}).Ask() == "yes");
  CHECK(Tree(kAsUser, {{"nftables.conf", Nft("meta skuid other drop", "drop")}}).Ask() == "yes");
  CHECK(Tree("node x.js", {{"nftables.conf", Nft("meta skuid mcp-x drop")}}).Ask() == "yes");
  CHECK(Tree("docker run --rm -i --network=host -u mcp-x img",
             {{"nftables.conf", Nft("meta skuid mcp-x drop", "drop")}})
            .Ask() == "yes");
  CHECK(Tree("docker run --rm -i img", {{"nftables.conf", Nft("meta skuid mcp-x drop", "drop")}})
            .Ask() == "yes");
  CHECK(Tree(kAsUser, {{"rules.v4", "*filter\n:OUTPUT DROP [0:0]\nCOMMIT\n"}}).Ask() == "yes");
  CHECK(Tree(kAsUser, {{"pf.conf", "block out quick\n"}}).Ask() == "yes");
  CHECK(Tree(kAsUser, {{"ufw/user.rules",
                        "*filter\n:ufw-user-output - [0:0]\n"
                        "-A ufw-user-output -j DROP\nCOMMIT\n"}})
            .Ask() == "yes");
}

TEST_CASE("tree firewall: a file that names the user holds its launch, as an assumption") {
  Tree nft(kAsUser, {{"fw/nftables.conf", Nft("meta skuid mcp-x drop")}});
  CHECK(nft.Ask() == "no");
  CHECK(nft.Assumes("the rules of fw/nftables.conf are loaded"));
  CHECK(nft.egress().firewall.governs);
  CHECK(nft.egress().firewall.assuming.size() == 1);
  const std::string allow = Nft("meta skuid { root, mcp-x } ip daddr 10.1.1.1 accept", "drop");
  Tree list(kAsUser, {{"a.nft", allow}});
  CHECK(list.Ask() == "no");
  CHECK(list.Ask("10.1.1.1") == "yes");
  const std::string map = Nft("meta skuid vmap { mcp-x : drop, other : accept }");
  CHECK(Tree(kAsUser, {{"a.nft", map}}).Ask() == "no");
  CHECK(Tree(kAsUser, {{"a.nft", Nft("meta skuid != mcp-x accept", "drop")}}).Ask() == "no");
  CHECK(Tree("runuser -u mcp-x -- node x.js", {{"a.nft", Nft("meta skuid mcp-x drop")}}).Ask() ==
        "no");
  CHECK(Tree("setpriv --reuid=2001 --regid=2001 --clear-groups node x.js",
             {{"a.nft", Nft("meta skuid 2001 drop")}})
            .Ask() == "no");
  CHECK(Tree(kAsUser, {{"pf.conf", "block out quick proto tcp user mcp-x\n"}}).Ask() == "no");
}

TEST_CASE("tree firewall: a set of users, a group of files and what a file includes") {
  const std::string set =
      "table inet t {\n set u { type uid; elements = { mcp-x } }\n chain o {\n"
      " type filter hook output priority 0;\n meta skuid @u drop\n }\n}\n";
  CHECK(Tree(kAsUser, {{"a.nft", set}}).Ask() == "no");
  const std::string v4 =
      "*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m owner --uid-owner mcp-x -j "
      "DROP\nCOMMIT\n";
  const std::string v6 = "*filter\n:OUTPUT DROP [0:0]\nCOMMIT\n";
  Tree both(kAsUser, {{"fw/rules.v4", v4}, {"fw/rules.v6", v6}});
  CHECK(both.Ask() == "no");
  CHECK(both.Ask("2001:db8::1") == "no");
  Tree apart(kAsUser, {{"fw/rules.v4", v4}, {"router/rules.v6", v6}});
  CHECK(apart.Ask("2001:db8::1") == "yes");
  Tree fragment(kAsUser, {{"nftables.conf", "define who = mcp-x\ninclude \"./more.nft\"\n"},
                          {"more.nft", Nft("meta skuid $who drop")}});
  CHECK(fragment.Ask() == "no");
  CHECK(fragment.workspace.firewall_remarks.empty());
}

TEST_CASE("tree firewall: naming somebody in a place that no packet reaches is no naming") {
  const std::string never =
      Nft("ip daddr 10.0.0.0/8 accept", "drop", " chain never {\n meta skuid mcp-x accept\n }\n");
  CHECK(Tree(kAsUser, {{"a.nft", never}}).Ask() == "yes");
  const std::string behind = Nft("drop\n meta skuid mcp-x accept");
  CHECK(Tree(kAsUser, {{"a.nft", behind}}).Ask() == "yes");
  const std::string input =
      "table inet t {\n chain i {\n type filter hook input priority 0;\n meta skuid mcp-x drop\n "
      "}\n"
      " chain o {\n type filter hook output priority 0; policy drop;\n }\n}\n";
  CHECK(Tree(kAsUser, {{"a.nft", input}}).Ask() == "yes");
  const std::string refused = Nft("meta skuid mcp-x drop\n jump missing");
  CHECK(Tree(kAsUser, {{"a.nft", refused}}).Ask() == "yes");
  const std::string comment = Nft("ip daddr 10.0.0.0/8 accept comment \"mcp-x\"", "drop");
  CHECK(Tree(kAsUser, {{"a.nft", comment}}).Ask() == "yes");
  CHECK(Tree("sudo -u root node x.js",
             {{"a.nft", Nft("meta skuid root ip daddr 10.1.1.1 accept", "drop")}})
            .Ask() == "yes");
}

TEST_CASE(
    "tree firewall: where it is not known whether a file means the user, nothing is certain") {
  CHECK(Tree(kAsUser, {{"a.nft", Nft("meta skuid 2001 drop")}}).Ask() == "unknown");
  CHECK(Tree("sudo -u $WHO node x.js", {{"a.nft", Nft("meta skuid mcp-x drop", "drop")}}).Ask() !=
        "no");
  // Only the real id changes: the socket is root's.
  CHECK(Tree("sudo -u root setpriv --ruid=2001 node x.js", {{"a.nft", Nft("meta skuid 2001 drop")}})
            .Ask() != "no");
  // Inside of a sandbox nobody becomes somebody else.
  CHECK(Tree("bwrap --dev-bind / / sudo -u mcp-x node x.js",
             {{"a.nft", Nft("meta skuid mcp-x drop")}})
            .Ask() != "no");
}

TEST_CASE("tree firewall: the number inside of a user namespace is nobody's on the host") {
  CHECK(Tree("bwrap --unshare-user --uid 2001 --dev-bind / / node x.js",
             {{"a.nft", Nft("meta skuid 2001 drop")}})
            .Ask() == "yes");
  CHECK(Tree("sudo -u mcp-x bwrap --unshare-user --uid 0 --dev-bind / / node x.js",
             {{"a.nft", Nft("meta skuid mcp-x drop")}})
            .Ask() == "no");
}

TEST_CASE("tree firewall: rules for Linux and for pf are those of two machines") {
  const std::map<std::string, std::string, std::less<>> both{
      {"linux.nft", Nft("meta skuid mcp-x ip daddr 10.1.1.1 accept\n meta skuid mcp-x drop")},
      {"pf.conf", "block out quick proto tcp user mcp-x\n"}};
  CHECK(Tree(kAsUser, both).Ask("10.1.1.1") == "unknown");
  CHECK(Tree(kAsUser, both).Ask("9.9.9.9") == "no");
  CHECK(Tree("sudo -u mcp-x bwrap --dev-bind / / node x.js", both).Ask("10.1.1.1") == "yes");
  CHECK(Tree("sudo -u mcp-x sandbox-exec -p (version_1)(allow_default) node x.js", both)
            .Ask("10.1.1.1") != "yes");
}

TEST_CASE("tree firewall: a script is a file of rules where it names the user") {
  const std::string drop = "#!/bin/sh\niptables -A OUTPUT -m owner --uid-owner mcp-x -j DROP\n";
  CHECK(Tree(kAsUser, {{"scripts/fw.sh", drop}}).Ask() == "no");
  CHECK(Tree("node x.js", {{"scripts/fw.sh", drop}}).Ask() == "yes");
  CHECK(Tree(kAsUser, {{"scripts/fw.sh", "#!/bin/sh\niptables -P OUTPUT DROP\n"}}).Ask() == "yes");
  Tree plain(kAsUser, {{"scripts/build.sh", "#!/bin/sh\nmake\n"}});
  for (const FileReport& file : plain.workspace.files) CHECK(file.path != "scripts/build.sh");
}

TEST_CASE("tree firewall: published addresses tell whose an allowlist is") {
  const std::string policy = "[server.s]\nhosts = [\"api.github.com:443\"]\n";
  const auto blocks = [&](const std::string& rule) {
    return Tree(kAsUser,
                {{".sandlint.toml", policy}, {"a.nft", Nft(rule + "\n meta skuid mcp-x drop")}})
        .egress()
        .firewall.allowlist;
  };
  const Allowlist own = blocks("meta skuid mcp-x ip daddr 140.82.112.0/24 tcp dport 443 accept");
  REQUIRE(own.blocks.size() == 1);
  CHECK(own.blocks[0].documented == Answer::Yes);
  CHECK(own.blocks[0].owner == "GitHub");
  CHECK(own.missing.size() == 1);
  const Allowlist wide = blocks("meta skuid mcp-x ip daddr 140.82.0.0/16 tcp dport 443 accept");
  CHECK(wide.blocks.at(0).documented == Answer::No);
  const Allowlist udp = blocks("meta skuid mcp-x ip daddr 140.82.112.0/24 udp dport 443 accept");
  CHECK(udp.blocks.at(0).documented == Answer::No);
  const Allowlist back = blocks("meta skuid mcp-x ip daddr 34.74.90.64/28 tcp dport 443 accept");
  CHECK(back.blocks.at(0).objection.find("connects from there") != std::string::npos);
}

TEST_CASE("tree firewall: proxies of variables, with the lists of a squid of the tree") {
  const std::string launch =
      "HTTPS_PROXY=http://u:p@127.0.0.1:3128/ sudo -n -u mcp-x --preserve-env=HTTPS_PROXY node "
      "x.js";
  const Tree tree(launch, {{"squid.conf", "acl a dstdomain .github.com\nhttp_access allow a\n"}});
  const std::vector<Proxy>& proxies = tree.egress().proxies;
  REQUIRE(proxies.size() == 1);
  CHECK(proxies[0].at.host == "127.0.0.1");
  CHECK(proxies[0].at.port == 3128);
  CHECK(proxies[0].variable.text == "HTTPS_PROXY");
  REQUIRE(proxies[0].access != nullptr);
  CHECK(proxies[0].access->Ask({"tcp", "api.github.com", 443}).answer == Answer::Yes);
  CHECK(proxies[0].access->Ask({"tcp", "evil.example", 443}).answer == Answer::No);
}

}  // namespace
}  // namespace sandlint
