// What was not analysed is never "clean": exit code 2 and a place, whatever the format.

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"
#include "scanner/scan.h"

namespace {

using Json = nlohmann::json;

std::string Repeated(const std::string& unit, int times) {
  std::string text;
  while (times-- > 0) text += unit;
  return text;
}

/// Everything in one file of the tree, started by sh; `note` findings only would end with 0.
Outcome CheckScript(const std::string& script, const std::string& format = "text") {
  const Tree tree{{".mcp.json", Config("w", {"sh", "w.sh"})}, {"w.sh", script}};
  return Sandlint({"check", tree.root, "--fail-on", "never", "--format", format});
}

bool AnyUnreadable(const sandlint::Workspace& workspace) {
  return std::ranges::any_of(workspace.files, [](const sandlint::FileReport& file) {
    return file.status == sandlint::FileStatus::Unreadable;
  });
}

/// Does a user who may not read everything learn that something is missing?
bool MissesSomething(const std::string& root) {
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(2);
    const auto reader = sandlint::MakeDiskReader(root);
    _exit(AnyUnreadable(sandlint::Scan(*reader, {})) ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("a script beyond a bound is an incomplete analysis with a place") {
  for (const std::string& script :
       {Repeated("if true; then ", 25000), Repeated("(", 66000), Repeated("${a:-", 50000),
        "for i in" + Repeated(" a", 5000) + "; do :; done\nnode x.js\n",
        std::string("node x.js\0\n", 11)}) {
    INFO(script.substr(0, 20));
    for (const char* format : {"text", "json", "junit", "sarif", "markdown", "github"}) {
      const Outcome outcome = CheckScript(script, format);
      CHECK(outcome.code == 2);
      CHECK(Has(outcome.err, "w.sh:1:"));
    }
    CHECK(Has(CheckScript(script, "junit").out, "<error"));
    CHECK(Json::parse(CheckScript(script, "json").out)["complete"] == false);
  }
  const Tree inside{{".mcp.json", Config("w", {"sh", "-c", Repeated("(", 66000)})}};
  CHECK(Sandlint({"check", inside.root, "--fail-on", "never"}).code == 2);
}

TEST_CASE("a script that cannot be read is an incomplete analysis") {
  const Tree tree{{".mcp.json", Config("w", {"sh", "w.sh"})}};
  REQUIRE(mkfifo((tree / "w.sh").c_str(), 0644) == 0);
  const Outcome fifo = Sandlint({"check", tree.root, "--fail-on", "never"});
  CHECK(fifo.code == 2);
  CHECK(Has(fifo.err, "w.sh: not analysed: it is a FIFO"));
  REQUIRE(unlink((tree / "w.sh").c_str()) == 0);
  REQUIRE(symlink("/bin/true", (tree / "w.sh").c_str()) == 0);
  CHECK(Sandlint({"check", tree.root, "--fail-on", "never"}).code == 2);
  // A program of the machine, reached by a link, is no script that was missed.
  const Tree program{{".mcp.json", Config("w", {"./venv/python", "x.py"})}};
  REQUIRE(mkdir((program / "venv").c_str(), 0755) == 0);
  REQUIRE(symlink("/bin/true", (program / "venv/python").c_str()) == 0);
  CHECK(Sandlint({"check", program.root, "--fail-on", "never"}).code == 0);
}

TEST_CASE("what is not modelled alone leaves the analysis complete") {
  for (const std::vector<std::string>& argv :
       {std::vector<std::string>{"bwrap", "--no-such-option", "node", "x.js"},
        std::vector<std::string>{"sh", "/opt/elsewhere/run.sh"},
        std::vector<std::string>{"sh", "-c", "$RUN"}}) {
    const Tree tree{{".mcp.json", Config("w", argv)}};
    const Outcome outcome = Sandlint({"check", tree.root, "--fail-on", "never"});
    CHECK(outcome.code == 0);
  }
}

TEST_CASE("a directory that cannot be listed may hold anything") {
  const Tree tree{{"README.md", "x\n"}, {"x/.mcp.json", Config("w", {"node", "x.js"})}};
  REQUIRE(chmod(tree.root.c_str(), 0755) == 0);
  CHECK(!MissesSomething(tree.root));
  for (const mode_t mode : {mode_t{0}, mode_t{0311}}) {
    REQUIRE(chmod((tree / "x").c_str(), mode) == 0);
    CHECK(MissesSomething(tree.root));
  }
  tree.Write(".sandlint.toml", "exclude = [\"x\"]\n");
  CHECK(!MissesSomething(tree.root));
  REQUIRE(chmod((tree / "x").c_str(), 0755) == 0);
}

TEST_CASE("an empty value is a usage error, not a missing option") {
  const Tree tree{{".mcp.json", Config("w", {"node", "x.js"})}};
  const std::vector<std::vector<std::string>> lines{
      {"check", tree.root, "--diff-base", "", "--fail-on", "never"},
      {"check", tree.root, "--diff-base="},
      {"check", ""},
      {"check", tree.root, "--host", ""},
      {"show", "--config", ""},
      {"audit", "--project", ""},
      {"can", "read", "~/.ssh", "--user", "", "--", "node", "x.js"},
      {"can", "connect", "tcp://192.0.2.1:443", "--firewall", "", "--", "node", "x.js"}};
  for (const std::vector<std::string>& line : lines) {
    const Outcome outcome = Sandlint(line);
    INFO(line.back());
    CHECK(outcome.code == 2);
    CHECK(!outcome.err.empty());
    CHECK(outcome.out.empty());
  }
  // Words of a launch may be empty.
  CHECK(Sandlint({"can", "getenv", "X", "--", "node", ""}).code != 2);
}
