// What is read is hostile. Every case: a finding or an error that names file, line and cause; exit
// code 2 where the analysis is incomplete; never a crash, a hang, or "clean".

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

namespace {

using Json = nlohmann::json;

struct Bad {
  std::string name;
  std::string text;
  std::string place;  ///< what the report must name, with its line
};

std::string Utf16(const std::string& text) {
  std::string wide = "\xFF\xFE";
  for (const char letter : text) wide += {letter, '\0'};
  return wide;
}

std::string Nested(std::size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (std::size_t index = 0; index < depth; ++index) text += open;
  text += "1";
  for (std::size_t index = 0; index < depth; ++index) text += close;
  return text;
}

const std::string kGood =
    R"({"mcpServers": {"good": {"command": "npx", "args": ["-y", "mcp-good"]}}})";

/// A run that is not clean: it fails, says where and why, and in time.
void IsNotClean(const Outcome& outcome, const std::string& place) {
  INFO("stdout: " << outcome.out.substr(0, 2000));
  INFO("stderr: " << outcome.err.substr(0, 2000));
  CHECK(!outcome.late);
  CHECK((outcome.code == 1 || outcome.code == 2));
  CHECK(Has(outcome.out + outcome.err, place));
}

}  // namespace

TEST_CASE("broken texts are reported with their place") {
  const std::vector<Bad> cases{
      {"truncated", "{\"mcpServers\": {\n  \"a\": {\"command\": \"npx\",\n    \"args\": [\"-y\"",
       ".mcp.json:3"},
      {"truncated in a string", "{\"mcpServers\": {\"a\": {\"command\": \"np", ".mcp.json:1"},
      {"empty", "", ".mcp.json"},
      {"blank", " \n\n", ".mcp.json"},
      {"no JSON", "hello\n", ".mcp.json:1"},
      {"20,000 arrays", Nested(20000, "[", "]"), ".mcp.json:1"},
      {"20,000 objects", Nested(20000, "{\"a\":", "}"), ".mcp.json:1"},
      {"20,000 deep below servers", "{\"mcpServers\": " + Nested(20000, "{\"a\":", "}") + "}",
       ".mcp.json:1"},
      {"UTF-16", Utf16(kGood), ".mcp.json"},
      {"NUL bytes", std::string("{\"mcpServers\": {\"a\": {\"command\": \"n\0px\"}}}", 42),
       ".mcp.json"},
      {"not UTF-8", "{\"mcpServers\": {\"\xff\xfe\": {\"command\": 5}}}", ".mcp.json"},
      {"a list for servers", "{\"mcpServers\": []}", ".mcp.json:1"},
      {"a list for a server", "{\"mcpServers\": {\"a\": []}}", ".mcp.json:1"},
      {"a number for a command", "{\"mcpServers\":\n {\"a\": {\"command\": 5}}}", ".mcp.json:2"},
      {"a string for args", "{\"mcpServers\":\n {\"a\": {\"command\": \"npx\", \"args\": \"-y\"}}}",
       ".mcp.json:2"},
      {"numbers in args", "{\"mcpServers\":\n {\"a\": {\"command\": \"npx\", \"args\": [5]}}}",
       ".mcp.json:2"},
      {"no servers key", "{\"servers\": {}}", ".mcp.json:1"},
      {"a string for all", "\"mcpServers\"", ".mcp.json:1"},
      {"a comment", "{\n// local\n\"mcpServers\": {}}", ".mcp.json:2"},
      {"two texts", kGood + "\n" + kGood, ".mcp.json:2"},
  };
  for (const Bad& bad : cases) {
    DYNAMIC_SECTION(bad.name) {
      const Tree tree{{".mcp.json", bad.text}};
      IsNotClean(Sandlint({"check", tree.root}), bad.place);
      // Nor is it when it is the git hook that looks.
      CHECK(Sandlint({"check", "--pre-commit"}, {tree.root}).code != 0);
      const Outcome json = Sandlint({"check", tree.root, "--format", "json"});
      CHECK(Json::parse(json.out, nullptr, false).is_object());
    }
  }
}

TEST_CASE("a truncated file leaves the analysis incomplete or rejected, and never passes") {
  for (std::size_t length = 1; length < kGood.size(); length += 7) {
    DYNAMIC_SECTION("the first " << length << " bytes") {
      const Tree tree{{".mcp.json", kGood.substr(0, length)}};
      IsNotClean(Sandlint({"check", tree.root}), ".mcp.json:1");
    }
  }
}

TEST_CASE("50 MB are refused, or read in time") {
  std::string text = "{\"mcpServers\": {\"a\": {\"command\": \"npx\", \"args\": [\"";
  text.append(50U * 1024 * 1024, 'x');
  const Tree tree{{".mcp.json", text + "\"]}}}"}};
  const Outcome outcome = Sandlint({"check", tree.root}, {{}, {}, {}, {}, 20});
  IsNotClean(outcome, ".mcp.json");
  CHECK(outcome.code == 2);
  CHECK(outcome.out.size() + outcome.err.size() < 1000000);
}

TEST_CASE("what is no file is not opened, and not passed over") {
  const Tree tree{{"sub/ok.txt", "x"}};
  SECTION("a directory") { REQUIRE(mkdir((tree / ".mcp.json").c_str(), 0755) == 0); }
  SECTION("a FIFO") { REQUIRE(mkfifo((tree / ".mcp.json").c_str(), 0644) == 0); }
  SECTION("a link out of the tree") {
    REQUIRE(symlink("/etc/passwd", (tree / ".mcp.json").c_str()) == 0);
  }
  SECTION("a link to a device") {
    REQUIRE(symlink("/dev/zero", (tree / ".mcp.json").c_str()) == 0);
  }
  SECTION("a link that leads nowhere") {
    REQUIRE(symlink("nowhere", (tree / ".mcp.json").c_str()) == 0);
  }
  SECTION("a link to itself") { REQUIRE(symlink(".mcp.json", (tree / ".mcp.json").c_str()) == 0); }
  for (const std::string& path : {tree.root, tree / ".mcp.json"}) {
    const Outcome outcome = Sandlint({"check", path}, {{}, {}, {}, {}, 10});
    IsNotClean(outcome, ".mcp.json");
    CHECK(outcome.code == 2);
    CHECK(!Has(outcome.out + outcome.err, "root:"));
  }
}

TEST_CASE("one broken file does not hide the servers of another") {
  const Tree tree{{"a/.mcp.json", kGood}};
  REQUIRE(symlink("/etc/passwd", (tree / ".mcp.json").c_str()) == 0);
  const Outcome outcome = Sandlint({"check", tree.root});
  CHECK(outcome.code == 2);
  CHECK(Has(outcome.out, "[unsandboxed-server]"));
  CHECK(Has(outcome.out, "a/.mcp.json:1"));
}

TEST_CASE("a link within the tree is followed") {
  const Tree tree{{"config/servers.json", kGood}};
  REQUIRE(symlink("config/servers.json", (tree / ".mcp.json").c_str()) == 0);
  const Outcome outcome = Sandlint({"check", tree.root});
  CHECK(outcome.code == 1);
  CHECK(Has(outcome.out, "[unsandboxed-server]"));
}

TEST_CASE("nothing of a stranger reaches the terminal as a command") {
  const std::string hostile = "\\u001b[2J\\u202e\\n::error::forged";
  const Tree tree(
      {{".mcp.json", "{\"mcpServers\": {\"" + hostile + "\": {\"command\": \"npx\", \"args\": [\"" +
                         hostile + "\"]}}}"},
       {"bad\x1b[2J/.mcp.json", "{"}});
  for (const char* format : {"text", "github", "markdown", "sarif", "junit", "json"}) {
    DYNAMIC_SECTION(format) {
      const Outcome outcome = Sandlint({"check", tree.root, "--format", format});
      CHECK(outcome.code != 0);
      CHECK(!Has(outcome.out, "\x1b"));
      CHECK(!Has(outcome.err, "\x1b"));
      CHECK(!Has(outcome.out, "\n::error::forged"));
    }
  }
  const Outcome shown = Sandlint({"show", "--config", tree.root});
  CHECK(!Has(shown.out + shown.err, "\x1b"));
  CHECK(!Has(shown.out, "\n::error"));
}

TEST_CASE("no value that could be a secret reaches an output") {
  const std::string token = "ghp_" + std::string("a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
  const std::string key = "AKIA" + std::string("Q3EGRIVTJ5LMZ2XW");
  const Tree tree{{".mcp.json", R"({"mcpServers": {"a": {"command": "npx",
  "args": ["-y", "mcp-a", "--token", ")" +
                                    token + R"(", "--api-key=)" + key + R"("],
  "env": {"GITHUB_TOKEN": ")" + token +
                                    R"(", "PASSWORD": "correct-horse-battery"}},
  "b": {"type": "http", "url": "https://user:correct-horse-battery@h.example/mcp?api_key=)" +
                                    key + R"(",
  "headers": {"Authorization": "Bearer )" +
                                    token + R"("}}}})"},
                  {".claude/settings.json", R"({"env": {"API_KEY": ")" + token + R"("}})"}};
  for (const char* format : {"text", "github", "markdown", "sarif", "junit", "json"}) {
    DYNAMIC_SECTION(format) {
      const Outcome outcome = Sandlint({"check", tree.root, "--format", format});
      CHECK(outcome.code == 1);
      for (const std::string& secret : {token, key, std::string("correct-horse-battery")}) {
        CHECK(!Has(outcome.out, secret));
        CHECK(!Has(outcome.err, secret));
      }
    }
  }
  for (const char* format : {"text", "json"}) {
    const Outcome outcome = Sandlint({"show", "--config", tree.root, "--format", format});
    for (const std::string& secret : {token, key, std::string("correct-horse-battery")}) {
      CHECK(!Has(outcome.out + outcome.err, secret));
    }
  }
}
