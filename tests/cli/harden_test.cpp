// `sandlint harden` end to end: what it prints, what it writes, and what it keeps to itself.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

namespace {

const std::string kToken = "ghp_" + std::string("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6");
const char* const kTools[] = {"bwrap", "firejail", "sandbox-exec", "docker", "podman", "srt"};

std::string Servers(const std::string& text) { return "{\"mcpServers\": {" + text + "}}"; }
std::string Files(const std::string& name) {
  return "\"" + name +
         "\": {\"command\": \"npx\", \"args\": [\"-y\","
         " \"@modelcontextprotocol/server-filesystem@1.0.0\", \".\"]}";
}

TEST_CASE("harden refuses a launch whose arguments hold a secret, and never repeats it") {
  for (const char* tool : kTools) {
    CAPTURE(tool);
    const Tree tree{{".mcp.json", Servers(R"("github": {"command": "npx", "args": ["-y",
      "@modelcontextprotocol/server-github@1.0.0", "--token", ")" +
                                          kToken + "\"]}")}};
    const std::string before = tree.Read(".mcp.json");
    const Outcome printed = Sandlint({"harden", "github", "--with", tool, "--config", tree.root});
    CHECK(printed.code == 2);
    CHECK(Has(printed.err, "not hardened"));
    CHECK_FALSE(Has(printed.out + printed.err, kToken));
    const Outcome written =
        Sandlint({"harden", "github", "--with", tool, "--config", tree.root, "--write"});
    CHECK(written.code == 2);
    CHECK(tree.Read(".mcp.json") == before);
    CHECK_FALSE(std::filesystem::exists(tree / "mcp-sandbox"));
  }
}

TEST_CASE("the diff of harden shows no secret that stands around the change") {
  const std::string config =
      "{\n  \"apiKey\": \"" + kToken +
      "X\",\n  \"mcpServers\": {\n    \"github\": {\n      \"command\": "
      "\"npx\",\n      \"args\": [\"-y\", "
      "\"@modelcontextprotocol/server-github@1.0.0\"],\n      \"env\": "
      "{\"GITHUB_TOKEN\": \"" +
      kToken + "\", \"SERVICE_PASSWORD\": \"tr0ub4dor\\u0021three\"}\n    }\n  }\n}\n";
  for (const char* tool : kTools) {
    CAPTURE(tool);
    const Tree tree{{".mcp.json", config}};
    const Outcome printed = Sandlint({"harden", "github", "--with", tool, "--config", tree.root});
    CHECK(Has(printed.out, "***"));
    CHECK_FALSE(Has(printed.out + printed.err, kToken));
    CHECK_FALSE(Has(printed.out + printed.err, "tr0ub4dor"));
    CHECK(Has(printed.err, "`git apply` does not take this diff, use --write"));
    CHECK(Has(printed.err, "${GITHUB_TOKEN} in its place"));
    Sandlint({"harden", "github", "--with", tool, "--config", tree.root, "--write"});
    // The value stays where its owner put it, and nowhere else.
    CHECK(Has(tree.Read(".mcp.json"), kToken));
    for (const auto& file : std::filesystem::directory_iterator(tree / "mcp-sandbox")) {
      const std::string text = tree.Read("mcp-sandbox/" + file.path().filename().string());
      CHECK_FALSE(Has(text, kToken));
      CHECK_FALSE(Has(text, "tr0ub4dor"));
    }
  }
}

TEST_CASE("servers with names that look alike are written to files of their own") {
  const Tree tree{{".mcp.json", Servers(Files("my files") + "," + Files("my-files") + "," +
                                        Files("My Files") + "," + Files("my_files"))}};
  Sandlint({"harden", "--all", "--with", "bwrap", "--config", tree.root, "--write"});
  std::size_t scripts = 0;
  for (const auto& file : std::filesystem::directory_iterator(tree / "mcp-sandbox")) {
    scripts += file.path().extension() == ".sh" ? 1 : 0;
  }
  CHECK(scripts == 4);
  const auto config = nlohmann::json::parse(tree.Read(".mcp.json"));
  CHECK(config["mcpServers"]["my-files"]["args"][0] == "mcp-sandbox/my-files.sh");
  CHECK(config["mcpServers"]["my files"]["args"][0] != config["mcpServers"]["My Files"]["args"][0]);
}

TEST_CASE("servers of one name in two configs share no user and no ruleset") {
  const std::string server =
      R"("web": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@1.0.0"]})";
  const Tree tree{{".mcp.json", Servers(server)}, {"sub/.mcp.json", Servers(server)}};
  Sandlint({"harden", "--all", "--with", "bwrap", "--config", tree.root, "--write"});
  const auto one = nlohmann::json::parse(tree.Read(".mcp.json"))["mcpServers"]["web"];
  const auto two = nlohmann::json::parse(tree.Read("sub/.mcp.json"))["mcpServers"]["web"];
  CHECK(one["command"] == "sudo");
  CHECK(one["args"][2] != two["args"][2]);
}

TEST_CASE("what is hardened is still known by its package, and has no error left") {
  const std::string servers =
      R"("fetch": {"command": "uvx", "args": ["mcp-server-fetch==2025.4.7"]},
         "web": {"command": "npx", "args": ["-y", "@playwright/mcp@0.0.83", "--headless"]})";
  for (const char* tool : {"bwrap", "firejail", "docker", "sandbox-exec"}) {
    CAPTURE(tool);
    const Tree tree{{".mcp.json", Servers(servers)}};
    const Outcome outcome =
        Sandlint({"harden", "--all", "--with", tool, "--config", tree.root, "--write"});
    INFO(outcome.err);
    CHECK(outcome.code == 0);
    CHECK_FALSE(Has(outcome.err, "still open"));
    const Outcome shown = Sandlint({"show", "fetch", "--config", tree.root});
    CHECK(Has(shown.out, "catalogue entry mcp-fetch"));
  }
}

TEST_CASE("what harden leaves open stands in what it writes") {
  const Tree tree{{".mcp.json", Servers(R"("github": {"command": "npx", "args": ["-y",
      "@modelcontextprotocol/server-github@1.0.0"]})")}};
  Sandlint({"harden", "github", "--with", "docker", "--config", tree.root, "--write"});
  CHECK(Has(tree.Read("mcp-sandbox/github.Dockerfile"),
            "# Open: the network of the container leads to every host: allow only "));
  Sandlint({"harden", "github", "--with", "bwrap", "--config", tree.root, "--write"});
  const std::string script = tree.Read("mcp-sandbox/github.sh");
  CHECK(script.starts_with("#!/usr/bin/env bash\n# The MCP server github in bubblewrap"));
  CHECK_FALSE(Has(tree.Read("mcp-sandbox/github-hosts.sh"), "# Open"));
}

TEST_CASE("what is missing on this machine is said before a start fails") {
  const Tree tree{{".mcp.json", Servers(Files("files"))}, {"data/x", ""}};
  tree.Write(".mcp.json", Servers(R"("files": {"command": "node", "args": [")" + tree.root +
                                  R"(/server/a.js", ")" + (tree / "data") + "\"]}"));
  tree.Write(".sandlint.toml", "[server.files]\nhosts = []\npaths = [\"@args ro\"]\n");
  const std::vector<std::string> live{"harden",   "files",   "--with", "bwrap",
                                      "--config", tree.root, "--host", "live"};
  const Outcome outcome = Sandlint(live);
  CHECK(Has(outcome.err, "/server is not there: its sandbox does not start before it is"));
  CHECK_FALSE(Has(outcome.err, "/data is not there"));
  const Outcome symbolic = Sandlint({"harden", "files", "--with", "bwrap", "--config", tree.root});
  CHECK_FALSE(Has(symbolic.err, "is not there"));
}

}  // namespace
