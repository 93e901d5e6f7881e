// No output of any command shows a secret, wherever it was planted; and ordinary words stay.

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

/// Put together here, so that no scanner takes this file for a leak. Each one is another.
std::string Token(char mark) {
  return std::string("ghp_") + mark + "1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8";
}
std::string Key(int number) { return "PlantedKey" + std::to_string(100 + number) + "x"; }

/// Every way in which people hand a secret over, each with a secret of its own.
struct Planted {
  Json servers;
  Words secrets;

  std::string New() {
    secrets.push_back(Key(static_cast<int>(secrets.size())));
    return secrets.back();
  }
  std::string NewToken() {
    secrets.push_back(Token(static_cast<char>('A' + secrets.size() % 26)));
    return secrets.back();
  }
  void Add(const std::string& name, const std::string& command, const Words& args) {
    servers[name] = {{"command", command}, {"args", args}};
  }
  void AddUrl(const std::string& name, const std::string& url) {
    servers[name] = {{"type", "http"}, {"url", url}};
  }
};

void PlantArguments(Planted& planted) {
  planted.Add("a", "docker", {"run", "--rm", "-e", planted.NewToken(), "img"});
  planted.Add("b", "node", {"x", "-e", "API_KEY=" + planted.New()});
  planted.Add("c", "docker", {"run", "--env=PASSWORD=" + planted.New(), "img"});
  planted.Add("d", "bwrap",
              {"--setenv", "DB_PASSWORD", planted.New(), "--ro-bind", "/", "/", "node", "x"});
  planted.Add("e", "env",
              {"MY_TOKEN=" + planted.New(), "node", "--password", planted.New(),
               "-p" + planted.New(), "--db-pass=" + planted.New(), "-token", planted.New()});
  planted.Add("f", "mysql", {"-u", "root", "-p" + planted.New()});
  planted.Add("g", "curl", {"-u", "me:" + planted.New(), "https://api.example.org"});
  planted.Add(
      "h", "node",
      {"x.js", "-u", "me:" + planted.New(), "--header", "Authorization: Bearer " + planted.New()});
  planted.Add("i", "uvx", {"mcp-x@1.0", "--conn", "Server=x;Password=" + planted.New() + ";"});
  planted.Add("j", "redis-cli", {"-a", planted.New()});
  planted.Add("k", "firejail", {"--env=API_TOKEN=" + planted.New(), "node", "x.js"});
  planted.Add("l", "sudo", {"GITHUB_TOKEN=" + planted.New(), "node", "x.js"});
  planted.Add("m", "bwrap", {"--no-such-option", planted.NewToken(), "node", "x.js"});
  planted.Add("n " + planted.NewToken(), "node", {"x.js"});
}

void PlantShells(Planted& planted) {
  planted.Add("sa", "sh", {"-c", "export GITHUB_TOKEN=" + planted.New() + "; node x"});
  planted.Add("sb", "sh",
              {"-c", "curl -H 'Authorization: Bearer " + planted.New() +
                         "' -u me:" + planted.New() + " https://h | sh"});
  planted.Add("sc", "sh",
              {"-c", "if [ \"$T\" = '" + planted.NewToken() +
                         "' ]; then bwrap --ro-bind / / node x; else node y; fi"});
  planted.Add("sd", "bash",
              {"-c", "PASSWORD=\"" + planted.New() + "\" exec node x --api-key " + planted.New()});
  planted.Add("se", "sh", {"w.sh"});
  planted.Add("sf", "env", {"-S", "API_KEY=" + planted.New() + " node x.js"});
}

void PlantUrls(Planted& planted) {
  planted.AddUrl(
      "ua", "https://x.example/mcp?api_key=" + planted.New() + "#access_token=" + planted.New());
  planted.AddUrl("ub", "https://x.example/" + planted.New() + "/" + planted.NewToken() + "/mcp");
  planted.AddUrl("uc", "http://me:" + planted.New() + "@x.example/?sig=" + planted.New() +
                           "&tok=" + planted.New() + "#tok=" + planted.New());
  planted.Add("ud", "node", {"x", "https://u:" + planted.New() + "@h/?sig=" + planted.New()});
  planted.servers["ua"]["headers"] = {{"X-Custom", planted.NewToken()},
                                      {"X-Auth", planted.New()},
                                      {"Authorization", "Basic " + planted.New()}};
  planted.servers["a"]["env"] = {{"PGPASSWORD", planted.New()},
                                 {"FOO", planted.NewToken()},
                                 {"X_CONN", "Server=x;Password=" + planted.New() + ";"},
                                 {"DATABASE_URL", "postgres://u:" + planted.New() + "@h/db"}};
}

struct Planting {
  Planted planted;
  Tree tree;

  Planting() {
    PlantArguments(planted);
    PlantShells(planted);
    PlantUrls(planted);
    tree.Write("w.sh", "#!/bin/sh\nexport OPENAI_API_KEY=" + planted.New() +
                           "\nexec bwrap --setenv SLACK_TOKEN " + planted.New() +
                           " --ro-bind / / node \"https://h/?token=" + planted.New() + "\"\n");
    Json settings;
    settings["env"] = {{"AWS_SECRET_ACCESS_KEY", planted.New()}};
    settings["permissions"] = {{"allow", {"Bash(curl -u me:" + planted.New() + " https://h)"}}};
    settings["apiKeyHelper"] = "echo " + planted.NewToken();
    tree.Write(".claude/settings.json", settings.dump(1));
    tree.Write("broken/.mcp.json",
               "{\"mcpServers\": {\"x\": {\"args\": [\"--api-key\", \"" + planted.New() + "\", }");
    tree.Write(".sandlint.toml", "[[suppress]]\nrule = \"host-network\"\nreason = \"see " +
                                     planted.NewToken() + "\"\n");
    tree.Write(".mcp.json", Json{{"mcpServers", planted.servers}}.dump(2));
  }
};

/// A secret, or half of it.
void LooksClean(const std::string& what, const Outcome& outcome, const Words& secrets) {
  CHECK(!outcome.late);
  CHECK(outcome.code < 4);
  for (const std::string& secret : secrets) {
    INFO(what << " shows " << secret);
    const std::string most = secret.substr(0, secret.size() - 1);
    CHECK(!Has(outcome.out, most));
    CHECK(!Has(outcome.err, most));
  }
}

}  // namespace

TEST_CASE("no report and no description shows a secret") {
  const Planting one;
  const std::string root = one.tree.root;
  for (const std::string format : {"text", "json", "sarif", "markdown", "junit", "github"}) {
    const Outcome outcome = Sandlint({"check", root, "--format", format, "--fail-on", "never"});
    REQUIRE(outcome.out.size() > 1000);
    LooksClean(format, outcome, one.planted.secrets);
    const Tree out;
    Sandlint({"check", root, "--output", format + "=" + (out / "r"), "--fail-on", "never"});
    LooksClean(format + " file", {0, false, out.Read("r"), ""}, one.planted.secrets);
    const How how{root, {}, {}, {{"HOME", root}}};
    LooksClean("audit " + format, Sandlint({"audit", "--format", format}, how),
               one.planted.secrets);
  }
  LooksClean("check of a file", Sandlint({"check", root + "/.mcp.json"}), one.planted.secrets);
  LooksClean("show", Sandlint({"show", "--config", root}), one.planted.secrets);
  LooksClean("show", Sandlint({"show", "--config", root, "--format", "json"}), one.planted.secrets);
}

TEST_CASE("no answer shows a secret") {
  const Planting one;
  const std::vector<Words> questions{{"read", "~/.ssh"},
                                     {"write", "/tmp"},
                                     {"connect", "tcp://192.0.2.1:443"},
                                     {"getenv", "GITHUB_TOKEN"},
                                     {"getenv", "PASSWORD"}};
  std::string batch;
  for (const auto& [name, entry] : one.planted.servers.items()) {
    for (const Words& question : questions) {
      const Json line{{"op", question[0]}, {"target", question[1]}, {"server", name}};
      batch += line.dump() + "\n";
      if (!entry.contains("args")) continue;
      Json words = entry["args"];
      words.insert(words.begin(), entry["command"]);
      batch += Json{{"op", question[0]}, {"target", question[1]}, {"argv", words}}.dump() + "\n";
    }
  }
  LooksClean("can --batch", Sandlint({"can", "--batch", "-"}, {one.tree.root, batch}),
             one.planted.secrets);
  for (const std::string name : {"a", "e", "sa", "sb", "sc", "se"}) {
    for (const std::string format : {"text", "json"}) {
      LooksClean("can " + name,
                 Sandlint({"can", "getenv", "GITHUB_TOKEN", "--server", name, "--config",
                           one.tree.root, "--format", format}),
                 one.planted.secrets);
    }
  }
}

TEST_CASE("no diff and no advice of harden shows a secret") {
  const Planting one;
  for (const std::string tool : {"bwrap", "firejail", "sandbox-exec", "docker", "podman", "srt"}) {
    LooksClean("harden " + tool,
               Sandlint({"harden", "--all", "--with", tool, "--config", one.tree.root}),
               one.planted.secrets);
  }
}

TEST_CASE("ordinary words are shown") {
  const Words words{"run",
                    "-p8080:80",
                    "-print",
                    "--user",
                    "1000:1000",
                    "-u",
                    "app:staff",
                    "--port",
                    "8443",
                    "--token-file",
                    "/run/token",
                    "-e",
                    "API_KEY",
                    "--env=LOG_LEVEL=debug",
                    "--key-id",
                    "main",
                    "-Pretty",
                    "--path=/srv/Data2024",
                    "https://api.example.com/v1/2024-10-01/server-filesystem?page=2&sort=name",
                    "--api-key=${API_KEY}",
                    "--tokenizer",
                    "cl100k_base",
                    "@modelcontextprotocol/server-filesystem@2025.8.21"};
  const Tree tree{{".mcp.json", Config("ordinary", words)}};
  const Json config = {{"mcpServers", {{"ordinary", {{"command", "docker"}, {"args", words}}}}}};
  tree.Write(".mcp.json", config.dump(1));
  for (const Outcome& outcome :
       {Sandlint({"show", "--config", tree.root, "--format", "json"}),
        Sandlint({"check", tree.root, "--format", "json", "--fail-on", "never"})}) {
    CHECK(!Has(outcome.out, "***"));
    for (const std::string& word : words) {
      INFO(word);
      CHECK(Has(outcome.out, "\"" + word + "\""));
    }
  }
}

TEST_CASE("a secret that is a word of the formats does not break a report") {
  for (const std::string word : {"utf16CodeUnits", "2.1.0", "%SRCROOT%", "startLine", "severity",
                                 "mcpServerRule/v1", "sarif-2.1.0.json", "sandlint1"}) {
    const Json config = {
        {"mcpServers", {{"x", {{"command", "node"}, {"env", {{"PASSWORD", word}}}}}}}};
    const Tree tree{{".mcp.json", config.dump()}};
    const Json sarif =
        Json::parse(Sandlint({"check", tree.root, "--format", "sarif", "--fail-on", "never"}).out,
                    nullptr, false);
    REQUIRE(sarif.is_object());
    CHECK(sarif["version"] == "2.1.0");
    CHECK(sarif["runs"][0]["columnKind"] == "utf16CodeUnits");
    CHECK(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].contains(
        "startLine"));
  }
}
