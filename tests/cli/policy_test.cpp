// What the policy takes out of sight is told in every format; and what a change may not hide
// behind: other launches, other secrets.

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

const std::vector<std::string> kFormats{"text", "json", "sarif", "markdown", "junit", "github"};

constexpr const char* kPolicy =
    "exclude = [\"old\"]\n"
    "[severity]\ntoken-in-argument = \"note\"\n"
    "[[suppress]]\nrule = \"unsandboxed-server\"\nreason = \"waits for its container\"\n"
    "who = \"Alice Example\"\nexpires = 2999-12-31\n";

Tree Waived(const std::string& policy) {
  return {{".mcp.json", Config("w", {"node", "x.js", "--password", "Zx81kQw9pL"})},
          {"old/.mcp.json", Config("o", {"node", "x.js"})},
          {".sandlint.toml", policy}};
}

void Git(const std::string& directory, const std::string& words) {
  const std::string command =
      "git -C '" + directory +
      "' -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main "
      "-c commit.gpgsign=false " +
      words + " >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
}

/// The exit code of a change from one launch to another.
int CodeOfChange(const std::string& base, const std::string& head) {
  const Tree tree{{".mcp.json", base}};
  Git(tree.root, "init -q");
  Git(tree.root, "add -A");
  Git(tree.root, "commit -qm base");
  tree.Write(".mcp.json", head);
  return Sandlint({"check", "--diff-base", "HEAD"}, {tree.root}).code;
}

}  // namespace

TEST_CASE("what the policy suppresses, excludes and weighs anew is in every format") {
  const Tree tree = Waived(kPolicy);
  for (const std::string& format : kFormats) {
    INFO(format);
    const Outcome outcome = Sandlint({"check", tree.root, "--format", format});
    CHECK(outcome.code == 0);
    for (const char* words : {"waits for its container", "Alice Example", "2999-12-31",
                              "unsandboxed-server", "old/.mcp.json"}) {
      INFO(words);
      CHECK(Has(outcome.out, words));
    }
    CHECK(Has(outcome.out, format == "json" ? "\"severity_before_policy\": \"error\""
                                            : "error before the policy"));
    CHECK(Has(outcome.out, format == "json"    ? "the policy excludes it"
                           : format == "junit" ? "<skipped message=\"suppressed by the policy until"
                           : format == "sarif" ? "is excluded by the policy"
                                               : "1 finding suppressed by the policy"));
  }
  const Outcome hook = Sandlint({"check", "--pre-commit"}, {tree.root});
  CHECK(Has(hook.out, "suppressed by the policy"));
}

TEST_CASE("a waiver needs a reason in words, and is asked for a last day") {
  for (const std::string reason : {"", ".", "  ", "--"}) {
    const Tree tree = Waived("[[suppress]]\nrule = \"unsandboxed-server\"\nreason = \"" + reason +
                             "\"\nexpires = 2999-12-31\n");
    const Outcome outcome = Sandlint({"check", tree.root});
    CHECK(outcome.code == 1);
    CHECK(Has(outcome.out, "[unsandboxed-server]"));
  }
  const Tree open =
      Waived("[[suppress]]\nrule = \"unsandboxed-server\"\nreason = \"waits for its container\"\n");
  CHECK(Has(Sandlint({"check", open.root}).out, "[suppression-open-ended]"));
}

TEST_CASE("another launch or another secret is a new finding, a moved line is none") {
  const std::string a = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8";
  const std::string z = "Z1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8";
  const std::string base = Config("w", {"node", "x.js", "--token", "ghp_" + a});
  CHECK(CodeOfChange(base, "\n\n\n" + base) == 0);
  CHECK(CodeOfChange(base, Json::parse(base).dump(1)) == 0);
  CHECK(CodeOfChange(base, Config("w", {"node", "x.js", "--token", "ghp_" + z})) == 1);
  CHECK(CodeOfChange(Config("w", {"node", "x.js"}),
                     Config("w", {"node", "evil.js", "--port", "1"})) == 1);
  const auto with = [](const std::string& value) {
    return Json{{"mcpServers",
                 {{"w", {{"command", "node"}, {"args", {"x.js"}}, {"env", {{"API_KEY", value}}}}}}}}
        .dump(2);
  };
  CHECK(CodeOfChange(with("ghp_" + a), with("ghp_" + z)) == 1);
  // The key that others store says nothing of the secret.
  const auto keys = [](const std::string& config) {
    const Tree tree{{".mcp.json", config}};
    Words found;
    const Json report = Json::parse(Sandlint({"check", tree.root, "--format", "json"}).out);
    for (const Json& finding : report["findings"]) found.push_back(finding["key"]);
    return found;
  };
  CHECK(keys(with("ghp_" + a)) == keys(with("ghp_" + z)));
}

TEST_CASE("another program behind an unchanged script is a new finding") {
  const Tree tree{{".mcp.json", Config("w", {"sh", "w.sh"})}, {"w.sh", "exec node x.js\n"}};
  Git(tree.root, "init -q");
  Git(tree.root, "add -A");
  Git(tree.root, "commit -qm base");
  CHECK(Sandlint({"check", "--diff-base", "HEAD"}, {tree.root}).code == 0);
  tree.Write("w.sh", "exec node evil.js\n");
  CHECK(Sandlint({"check", "--diff-base", "HEAD"}, {tree.root}).code == 1);
}

TEST_CASE("names with characters that no XML may hold are shown as escapes") {
  const Tree tree{{".mcp.json", Config("a\uFFFE\uFFFF\x01 b", {"node", "x.js"})}};
  for (const std::string& format : kFormats) {
    INFO(format);
    const Outcome outcome =
        Sandlint({"check", tree.root, "--format", format, "--fail-on", "never"});
    CHECK(!Has(outcome.out, "\uFFFE"));
    CHECK(!Has(outcome.out, "\uFFFF"));
    CHECK(!Has(outcome.out, "\x01"));
    const bool json = format == "json" || format == "sarif";
    CHECK(Has(outcome.out, format == "json" ? "\\ufffe" : json ? "\\\\xef" : "\\xef\\xbf\\xbe"));
  }
}
