// `sandlint check` end to end: what gates, where reports go, and that bad input is never "clean".

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

const Words kOpen{"npx", "-y", "@modelcontextprotocol/server-filesystem", "."};
const Words kTight{"bwrap",
                   "--ro-bind",
                   "/usr",
                   "/usr",
                   "--symlink",
                   "usr/bin",
                   "/bin",
                   "--symlink",
                   "usr/lib",
                   "/lib",
                   "--symlink",
                   "usr/lib64",
                   "/lib64",
                   "--ro-bind",
                   "/opt/mcp",
                   "/opt/mcp",
                   "--tmpfs",
                   "/tmp",
                   "--proc",
                   "/proc",
                   "--dev",
                   "/dev",
                   "--unshare-all",
                   "--die-with-parent",
                   "--new-session",
                   "--clearenv",
                   "--setenv",
                   "PATH",
                   "/usr/bin",
                   "/usr/bin/node",
                   "/opt/mcp/memory.js"};

Json Report(const std::string& root, const Words& more = {}) {
  Words words{"check", root, "--format", "json"};
  words.insert(words.end(), more.begin(), more.end());
  return Json::parse(Sandlint(words).out, nullptr, false);
}

void Git(const std::string& directory, const std::string& words) {
  const std::string command =
      "git -C '" + directory +
      "' -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main "
      "-c commit.gpgsign=false " +
      words + " >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
}

}  // namespace

TEST_CASE("findings end with 1, a tight server with 0") {
  const Tree open{{".mcp.json", Config("files", kOpen)}};
  const Outcome found = Sandlint({"check", open.root});
  CHECK(found.code == 1);
  CHECK(Has(found.out, "[unsandboxed-server]"));
  CHECK(Has(found.out, ".mcp.json:"));
  const Tree tight{{".mcp.json", Config("memory", kTight)}};
  const Outcome clean = Sandlint({"check", tight.root});
  INFO(clean.out);
  CHECK(clean.code == 0);
}

TEST_CASE("--fail-on sets what counts") {
  const Tree open{{".mcp.json", Config("files", kOpen)}};
  CHECK(Sandlint({"check", open.root, "--fail-on", "never"}).code == 0);
  CHECK(Sandlint({"check", open.root, "--fail-on", "note"}).code == 1);
  const Tree notes(
      {{".mcp.json", R"({"mcpServers": {"w": {"type": "http", "url": "http://w.example/mcp"}}})"}});
  const Json report = Report(notes.root);
  REQUIRE(!report["findings"].empty());
  std::string worst = "note";
  for (const Json& finding : report["findings"]) {
    if (finding["severity"] == "error") worst = "error";
    if (finding["severity"] == "warning" && worst == "note") worst = "warning";
  }
  CHECK(Sandlint({"check", notes.root, "--fail-on", worst}).code == 1);
  if (worst != "error") CHECK(Sandlint({"check", notes.root}).code == 0);
}

TEST_CASE("a tree without servers says so and is fine") {
  const Tree empty{{"README.md", "nothing here\n"}};
  const Outcome outcome = Sandlint({"check", empty.root});
  CHECK(outcome.code == 0);
  CHECK(Has(outcome.err + outcome.out, "no MCP server"));
}

TEST_CASE("reports go to files in one piece, and several in one run") {
  const Tree tree{{".mcp.json", Config("files", kOpen)}};
  const Tree out;
  const Outcome outcome = Sandlint({"check", tree.root, "--output", "sarif=" + (out / "a.sarif"),
                                    "--output", "json=" + (out / "a.json"), "--output",
                                    "markdown=" + (out / "a.md"), "--format", "github"});
  CHECK(outcome.code == 1);
  CHECK(Has(outcome.out, "::error"));
  CHECK(Json::parse(out.Read("a.sarif"))["version"] == "2.1.0");
  CHECK(Json::parse(out.Read("a.json"))["complete"] == true);
  CHECK(Has(out.Read("a.md"), "- [ ] "));
  struct stat status {};
  REQUIRE(stat((out / "a.json").c_str(), &status) == 0);
  CHECK((status.st_mode & 0444U) == 0444U);
}

TEST_CASE("a report that cannot be written is an error") {
  const Tree tree{{".mcp.json", Config("memory", kTight)}};
  CHECK(Sandlint({"check", tree.root, "--output", "json=/nonexistent/x.json"}).code == 2);
  const Outcome full = Sandlint({"check", tree.root}, {{}, {}, "/dev/full"});
  CHECK(full.code == 2);
  CHECK(Has(full.err, "stdout"));
  CHECK(Sandlint({"check", tree.root}, {{}, {}, "closed"}).code == 2);
  CHECK(Sandlint({"--version"}, {{}, {}, "closed"}).code == 2);
}

TEST_CASE("colour follows the flag, then the environment") {
  const Tree tree{{".mcp.json", Config("files", kOpen)}};
  const auto coloured = [&](const Words& words, std::map<std::string, std::string> environment) {
    Words all{"check", tree.root};
    all.insert(all.end(), words.begin(), words.end());
    return Has(Sandlint(all, {{}, {}, {}, std::move(environment)}).out, "\x1b[");
  };
  CHECK(!coloured({}, {}));
  CHECK(coloured({"--color", "always"}, {}));
  CHECK(coloured({"--color", "always"}, {{"NO_COLOR", "1"}}));
  CHECK(coloured({}, {{"CLICOLOR_FORCE", "1"}}));
  CHECK(!coloured({}, {{"CLICOLOR_FORCE", "0"}}));
  CHECK(!coloured({}, {{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}));
  CHECK(coloured({}, {{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", ""}}));
  CHECK(!coloured({"--color", "never"}, {{"CLICOLOR_FORCE", "1"}}));
}

TEST_CASE("as a git hook: the whole tree, one line a finding, silence when all is well") {
  const Tree open{{"sub/.mcp.json", Config("files", kOpen)}, {"README.md", "x\n"}};
  // File names that pre-commit gives are no restriction.
  const Outcome found = Sandlint({"check", "--pre-commit", "README.md"}, {open.root});
  CHECK(found.code == 1);
  CHECK(Has(found.out, "sub/.mcp.json:"));
  const Tree tight{{".mcp.json", Config("memory", kTight)}};
  const Outcome silent = Sandlint({"check", "--pre-commit", "--fail-on", "error"}, {tight.root});
  CHECK(silent.code == 0);
  CHECK(silent.err.empty());
}

TEST_CASE("several trees are told apart") {
  const Tree tree(
      {{"a/.mcp.json", Config("files", kOpen)}, {"b/.mcp.json", Config("more", kOpen)}});
  const Outcome outcome = Sandlint({"check", "a", "b", "--format", "json"}, {tree.root});
  CHECK(outcome.code == 1);
  const Json report = Json::parse(outcome.out);
  CHECK(report["servers"].size() == 2);
  CHECK(report["servers"][0]["config"]["file"] == "a/.mcp.json");
  CHECK(report["servers"][1]["config"]["file"] == "b/.mcp.json");
}

TEST_CASE("one file of a tree can be checked") {
  const Tree tree{{"a/.mcp.json", Config("files", kOpen)},
                  {"b/.mcp.json", Config("more", kOpen)},
                  {"odd-name.json", Config("odd", kOpen)}};
  const Json one =
      Json::parse(Sandlint({"check", "a/.mcp.json", "--format", "json"}, {tree.root}).out);
  CHECK(one["servers"].size() == 1);
  CHECK(one["servers"][0]["name"] == "files");
  CHECK(one["servers"][0]["config"]["file"] == "a/.mcp.json");
  const Json odd =
      Json::parse(Sandlint({"check", "odd-name.json", "--format", "json"}, {tree.root}).out);
  CHECK(odd["servers"].size() == 1);
}

TEST_CASE("one missing path does not hide what the others show") {
  const Tree tree{{".mcp.json", Config("files", kOpen)}};
  const Outcome outcome = Sandlint({"check", "/nonexistent/x", tree.root});
  CHECK(outcome.code == 2);
  CHECK(Has(outcome.err, "/nonexistent/x"));
  CHECK(Has(outcome.out, "[unsandboxed-server]"));
}

TEST_CASE("only what is new since a revision gates") {
  const Tree tree{{".mcp.json", Config("files", kOpen)}};
  Git(tree.root, "init -q");
  Git(tree.root, "add -A");
  Git(tree.root, "commit -qm base");

  const Outcome same = Sandlint({"check", "--diff-base", "HEAD"}, {tree.root});
  INFO(same.err);
  CHECK(same.code == 0);
  CHECK(Has(same.err, "0 new since HEAD"));

  tree.Write("sub/.mcp.json", Config("shell", {"npx", "-y", "mcp-shell"}));
  const Outcome more = Sandlint({"check", "--diff-base", "HEAD"}, {tree.root});
  CHECK(more.code == 1);
  CHECK(Has(more.out, "sub/.mcp.json:"));
  CHECK(Has(more.out, "files"));

  // A line further down is no new finding.
  tree.Write(".mcp.json", "\n\n\n" + Config("files", kOpen));
  std::filesystem::remove_all(tree / "sub");
  CHECK(Sandlint({"check", "--diff-base", "HEAD"}, {tree.root}).code == 0);

  // A tree within the repository is compared with itself, not with the whole.
  std::filesystem::create_directory(tree / "inner");
  tree.Write("inner/.mcp.json", Config("files", kOpen));
  CHECK(Sandlint({"check", "inner", "--diff-base", "HEAD"}, {tree.root}).code == 1);
  Git(tree.root, "add -A");
  Git(tree.root, "commit -qm inner");
  CHECK(Sandlint({"check", "inner", "--diff-base", "HEAD"}, {tree.root}).code == 0);

  const Outcome lost = Sandlint({"check", "--diff-base", "no-such-rev"}, {tree.root});
  CHECK(lost.code == 2);
  CHECK(Has(lost.err, "no-such-rev"));
  const Tree bare{{".mcp.json", Config("files", kOpen)}};
  CHECK(Sandlint({"check", "--diff-base", "HEAD", bare.root}).code == 2);
}

TEST_CASE("show prints layers, grant and need") {
  const Tree tree{{".mcp.json", Config("memory", kTight)}};
  const Outcome text = Sandlint({"show", "memory", "--config", tree.root});
  CHECK(text.code == 0);
  CHECK(Has(text.out, "bwrap"));
  CHECK(Has(text.out, "~/.ssh"));
  CHECK(Has(text.out, "network    none"));
  const Outcome json = Sandlint({"show", "--format", "json", "--config", tree.root});
  CHECK(json.code == 0);
  const Json report = Json::parse(json.out);
  CHECK(report["servers"].size() == 1);
  CHECK(report["servers"][0]["launches"][0].contains("grant"));
  CHECK(Sandlint({"show", "nobody", "--config", tree.root}).code == 2);
}

TEST_CASE("an audit reads the user's files and the names of the session's variables") {
  const std::string secret = "s3cr3t-value-that-nobody-prints";
  const Tree home(
      {{".claude.json", R"({"mcpServers": {"u": {"command": "npx", "args": ["-y", "mcp-u"]}},
  "oauthAccount": {"emailAddress": "someone@example.org"},
  "projects": {"/p": {"mcpServers": {"l": {"command": "npx", "args": ["-y", "mcp-l"]}}}}})"},
       {".claude/settings.json", R"({"permissions": {"defaultMode": "bypassPermissions"}})"}});
  const Tree project{{".mcp.json", Config("files", kOpen)}};
  const How how{project.root, {}, {}, {{"HOME", home.root}, {"MY_API_KEY", secret}}};
  const Outcome outcome = Sandlint({"audit", "--format", "json"}, how);
  INFO(outcome.err);
  // The live host takes the home from passwd: nothing of this test's home may be missed silently.
  const Json report = Json::parse(outcome.out, nullptr, false);
  REQUIRE(report.is_object());
  CHECK(!Has(outcome.out + outcome.err, secret));
  CHECK(!Has(outcome.out + outcome.err, "someone@example.org"));
  std::vector<std::string> names;
  for (const Json& server : report["servers"]) names.push_back(server["name"]);
  CHECK(std::find(names.begin(), names.end(), "u") != names.end());
  CHECK(std::find(names.begin(), names.end(), "l") != names.end());
  CHECK(std::find(names.begin(), names.end(), "files") != names.end());
  CHECK(Has(outcome.out, "MY_API_KEY"));
}
