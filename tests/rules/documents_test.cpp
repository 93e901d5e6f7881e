// What packages say of themselves is part of the need, with its origin.

#include <algorithm>
#include <map>
#include <string>

#include "catch.h"
#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

Need NeedIn(Files files) {
  const Workspace workspace = Scan(*MakeMemoryReader(std::move(files)), {});
  REQUIRE(workspace.servers.size() == 1);
  return workspace.servers.front().need;
}

std::string Config(const std::string& words) {
  return R"({"mcpServers": {"x": {"command": )" + words + "}}}";
}

const NeededVariable* VariableIn(const Need& need, const std::string& name) {
  const auto found = std::ranges::find(need.variables, name, &NeededVariable::name);
  return found == need.variables.end() ? nullptr : &*found;
}

constexpr const char* kManifest = R"({"manifest_version": "0.3", "name": "x",
  "server": {"type": "node", "entry_point": "server/index.js",
    "mcp_config": {"command": "node", "args": ["${__dirname}/server/index.js"],
      "env": {"API_KEY": "${user_config.key}", "MODE": "fast"}}},
  "user_config": {"key": {"type": "string", "sensitive": true, "required": true},
    "folders": {"type": "directory", "multiple": true}}})";

constexpr const char* kRegistry = R"({"name": "io.example/x",
  "packages": [{"registryType": "npm", "identifier": "@acme/x-mcp", "version": "1.0.0",
    "environmentVariables": [{"name": "ACME_TOKEN", "isRequired": true, "isSecret": true},
                             {"name": "ACME_URL"}],
    "packageArguments": [{"type": "positional", "format": "filepath"}]}],
  "remotes": [{"type": "streamable-http", "url": "https://mcp.acme.example/mcp"}]})";

}  // namespace

TEST_CASE("a manifest beside the program documents variables and paths") {
  const Need need =
      NeedIn({{".mcp.json", Config(R"("node", "args": ["tools/server/index.js", "/d"])")},
              {"tools/manifest.json", kManifest}});
  const NeededVariable* key = VariableIn(need, "API_KEY");
  REQUIRE(key != nullptr);
  CHECK(key->required);
  CHECK(key->secret);
  CHECK(key->origin == "tools/manifest.json");
  REQUIRE(VariableIn(need, "MODE") != nullptr);
  CHECK_FALSE(VariableIn(need, "MODE")->secret);
  REQUIRE(need.paths.size() == 1);
  CHECK(need.paths[0].path == "@args");
}

TEST_CASE("server.json documents the package that it names") {
  const Need need = NeedIn({{".mcp.json", Config(R"("npx", "args": ["-y", "@acme/x-mcp@1.0.0"])")},
                            {"server.json", kRegistry}});
  REQUIRE(VariableIn(need, "ACME_TOKEN") != nullptr);
  CHECK(VariableIn(need, "ACME_TOKEN")->secret);
  CHECK(VariableIn(need, "ACME_TOKEN")->origin == "server.json");
  CHECK_FALSE(VariableIn(need, "ACME_URL")->required);
  // Its launcher needs its own.
  const auto npm = need.host_origins.find("registry:npm");
  REQUIRE(npm != need.host_origins.end());
  CHECK(npm->second == "launcher npx");
}

TEST_CASE("the document of another package says nothing") {
  const Need other = NeedIn({{".mcp.json", Config(R"("npx", "args": ["-y", "@acme/other@1.0.0"])")},
                             {"server.json", kRegistry}});
  CHECK(other.variables.empty());
  const Need elsewhere = NeedIn({{".mcp.json", Config(R"("node", "args": ["tools/other.js"])")},
                                 {"tools/manifest.json", kManifest}});
  CHECK(elsewhere.variables.empty());
}

TEST_CASE("the policy outweighs what a package says of itself") {
  const Need need =
      NeedIn({{".mcp.json", Config(R"("node", "args": ["server/index.js", "/d"])")},
              {"manifest.json", kManifest},
              {".sandlint.toml", "[server.x]\npaths = [\"/srv rw\"]\nenv = [\"MODE\"]\n"}});
  REQUIRE(need.paths.size() == 1);
  CHECK(need.paths[0].path == "/srv");
  CHECK(need.paths[0].origin == "the policy file");
  CHECK(VariableIn(need, "MODE")->origin == "the policy file");
  CHECK(VariableIn(need, "API_KEY")->origin == "manifest.json");
}

TEST_CASE("what is no document of a server is passed over") {
  for (const char* text :
       {"", "{", "[]", "{\"manifest_version\": 3}", "{\"packages\": [1, {}, []]}",
        "{\"manifest_version\": \"0.3\", \"server\": []}", "{\"remotes\": [{\"url\": 1}]}"}) {
    const Need need = NeedIn({{".mcp.json", Config(R"("node", "args": ["server/index.js"])")},
                              {"manifest.json", text},
                              {"server.json", text}});
    CHECK(need.variables.empty());
  }
}

}  // namespace sandlint
