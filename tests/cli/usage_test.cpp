// What a person meets first: help, the version, advice on mistakes, exit codes of usage errors.

#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

namespace {

const std::vector<std::string> kCommands{"check", "audit", "can", "show", "rules", "explain"};

}  // namespace

TEST_CASE("the version is one line") {
  const Outcome outcome = Sandlint({"--version"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "sandlint 0.1.0\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("help goes to stdout, names every command and ends with 0") {
  const Outcome outcome = Sandlint({"--help"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  for (const std::string& command : kCommands) CHECK(Has(outcome.out, "\n  " + command));
  CHECK(Has(outcome.out, "Exit code"));
}

TEST_CASE("every command teaches by examples") {
  for (const std::string& command : kCommands) {
    DYNAMIC_SECTION(command) {
      const Outcome outcome = Sandlint({command, "--help"});
      CHECK(outcome.code == 0);
      CHECK(outcome.err.empty());
      CHECK(Has(outcome.out, "Examples:\n  "));
      CHECK(Has(outcome.out, "sandlint " + command));
    }
  }
}

TEST_CASE("a usage error says what to do and ends with 2") {
  struct Mistake {
    std::vector<std::string> words;
    std::string advice;
  };
  const std::vector<Mistake> mistakes{
      {{"chekc"}, "did you mean 'check'?"},
      {{"frobnicate"}, "`sandlint --help` lists them"},
      {{"check", "--frobnicate"}, "`sandlint check --help`"},
      {{"check", "--format", "yaml"}, "sarif"},
      {{"check", "--output", "sarif"}, "FORMAT=FILE"},
      {{"check", "--output", "yaml=x"}, "sarif"},
      {{"check", "--fail-on", "fatal"}, "warning"},
      {{"explain", "unsandboxed-servr"}, "did you mean 'unsandboxed-server'?"},
      {{"explain"}, "`sandlint rules`"},
      {{"can", "read"}, "OP TARGET"},
      {{"can", "smell", "/etc", "--", "node"}, "read, write, exec, connect or getenv"},
      {{"check", "--host", "/nonexistent/host.json"}, "/nonexistent/host.json"},
      {{"check", "/nonexistent/tree"}, "/nonexistent/tree"},
  };
  for (const Mistake& mistake : mistakes) {
    std::string line;
    for (const std::string& word : mistake.words) line += word + " ";
    DYNAMIC_SECTION(line) {
      const Outcome outcome = Sandlint(mistake.words, {"/"});
      CHECK(outcome.code == 2);
      INFO(outcome.err);
      CHECK(Has(outcome.err, mistake.advice));
      CHECK(Has(outcome.err, "sandlint: "));
    }
  }
}

TEST_CASE("without a command the help is shown, and it is an error") {
  const Outcome outcome = Sandlint({});
  CHECK(outcome.code == 2);
  CHECK(Has(outcome.out, "check"));
}

TEST_CASE("escape sequences of an argument do not reach the terminal") {
  const Outcome outcome = Sandlint({"check", "/nonexistent/\x1b[31mred\n::error::x"});
  CHECK(outcome.code == 2);
  CHECK(!Has(outcome.err, "\x1b"));
  CHECK(!Has(outcome.err, "\n::error"));
}

TEST_CASE("rules are listed for people and for programs") {
  const Outcome text = Sandlint({"rules"});
  CHECK(text.code == 0);
  CHECK(Has(text.out, "unsandboxed-server"));
  CHECK(Has(text.out, "Filesystem-only servers have --unshare-net"));
  const Outcome json = Sandlint({"rules", "--format", "json"});
  CHECK(json.code == 0);
  CHECK(Has(json.out, "\"id\": \"unsandboxed-server\""));
}

TEST_CASE("a rule is explained with an example") {
  const Outcome text = Sandlint({"explain", "unsandboxed-server"});
  CHECK(text.code == 0);
  CHECK(text.out.starts_with("unsandboxed-server\n"));
  CHECK(!Has(text.out, "```"));
  const Outcome markdown = Sandlint({"explain", "unsandboxed-server", "--markdown"});
  CHECK(markdown.out.starts_with("# unsandboxed-server\n"));
  const Outcome all = Sandlint({"explain", "--all", "--markdown"});
  CHECK(Has(all.out, "# unsandboxed-server\n"));
  CHECK(Has(all.out, "# host-network\n"));
}
