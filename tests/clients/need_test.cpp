#include "scanner/need/need.h"

#include <algorithm>
#include <set>

#include "catch.h"
#include "scanner/need/catalogue.h"
#include "scanner/need/identity.h"

namespace sandlint {
namespace {

Server Running(std::string ecosystem, std::string name, LayerKind kind = LayerKind::Program,
               std::string tool = {}) {
  Server server;
  Layer layer;
  layer.kind = kind;
  layer.tool = std::move(tool);
  layer.package = ProgramRef{std::move(ecosystem), std::move(name), {}, false, {}};
  server.launches.push_back({});
  server.launches.back().layers.push_back(std::move(layer));
  return server;
}

TEST_CASE("Every entry of the catalogue is sound and is found by each of its names") {
  const Source source{"catalogue", std::string(CatalogueText()), false};
  const Document document = ParseToml(source);
  REQUIRE(document.Ok());
  std::set<std::string> names;
  std::set<std::string> ids;
  for (const char* kind : {"server", "launcher"}) {
    const bool launcher = std::string_view(kind) == "launcher";
    for (const Node& entry : document.root.Get(kind).items) {
      const std::string id = entry.Get("id").word.text;
      INFO(id);
      CHECK(ids.insert(id).second);
      REQUIRE_FALSE(entry.Get("match").items.empty());
      for (const Node& match : entry.Get("match").items) {
        const std::string& name = match.word.text;
        INFO(name);
        CHECK(names.insert(kind + name).second);
        const auto found = FindInCatalogue(name, launcher);
        REQUIRE(found);
        CHECK(found->root.Get("id").word.text == id);
        const std::size_t colon = name.find(':');
        const ProgramRef ref{name.substr(0, colon), name.substr(colon + 1), {}, false, {}};
        CHECK(CatalogueKey(ref) == name);
      }
      if (launcher) continue;
      CHECK(ServerClassByName(entry.Get("class").word.text) != ServerClass::Unknown);
      const std::set<std::string> nets{"none", "allowlist", "config", "any"};
      CHECK(nets.contains(entry.Get("net").word.text));
      for (const Node& host : entry.Get("hosts").items) {
        const std::string& text = host.word.text;
        const bool symbolic = text.starts_with("@") || text.starts_with("registry:");
        CHECK((symbolic || text.find(':') != std::string::npos));
      }
      for (const Node& path : entry.Get("paths").items) {
        CHECK((path.word.text.ends_with(" ro") || path.word.text.ends_with(" rw")));
      }
    }
  }
  CHECK(ids.size() > 80);
}

TEST_CASE("A server is known by any of its names") {
  struct Row {
    const char* ecosystem;
    const char* name;
    const char* id;
  };
  for (const Row& row : {
           Row{"npm", "@modelcontextprotocol/server-filesystem", "mcp-filesystem"},
           Row{"npm", "@ModelContextProtocol/Server-Filesystem", "mcp-filesystem"},
           Row{"pypi", "mcp_server_git", "mcp-git"},
           Row{"pypi", "MCP.Server-Git[extra]", "mcp-git"},
           Row{"pypi", "awslabs.aws-documentation-mcp-server", "aws-documentation"},
           Row{"oci", "docker.io/mcp/filesystem", "mcp-filesystem"},
           Row{"oci", "ghcr.io/github/github-mcp-server", "github-official"},
           Row{"bin", "github-mcp-server", "github-official"},
           Row{"file", "/usr/local/bin/github-mcp-server", "github-official"},
           Row{"file", "C:\\x\\github-mcp-server.exe", "github-official"},
           Row{"file", "/x/node_modules/@modelcontextprotocol/server-memory/dist/index.js",
               "mcp-memory"},
           Row{"file", "node_modules/chrome-devtools-mcp/build/main.js", "chrome-devtools"},
           Row{"npm", "filesystem", ""},
           Row{"npm", "evil\" ]\nmatch = [\"", ""},
           Row{"bin", "npx", ""},  // a launcher is no server
           Row{"npm", "", ""},
       }) {
    INFO(row.name);
    CHECK(NeedOf(Running(row.ecosystem, row.name)).catalogue_id == row.id);
  }
}

TEST_CASE("An entry of the catalogue becomes a need") {
  const Need need = NeedOf(Running("npm", "@modelcontextprotocol/server-github"));
  CHECK(need.server_class == ServerClass::Vcs);
  CHECK(need.network == NetworkNeed::Allowlist);
  CHECK(need.hosts == std::vector<std::string>{"api.github.com:443"});
  REQUIRE(need.variables.size() == 1);
  CHECK(need.variables[0].name == "GITHUB_PERSONAL_ACCESS_TOKEN");
  CHECK(need.variables[0].required);
  CHECK(need.variables[0].secret);
  CHECK(need.origin == "catalogue entry mcp-github-reference");
  const Need git = NeedOf(Running("pypi", "mcp-server-git"));
  CHECK(git.network == NetworkNeed::None);
  REQUIRE(git.paths.size() == 2);
  CHECK(git.paths[0].path == "@args");
  CHECK(git.paths[0].write);
  CHECK(git.paths[1].path == "~/.gitconfig");
  CHECK_FALSE(git.paths[1].write);
}

TEST_CASE("Hosts that the launch names are looked up in it") {
  Server server = Running("npm", "@modelcontextprotocol/server-postgres");
  server.launches[0].layers[0].words = {{"x", {}, {}, 0},
                                        {"postgresql://u:p@db.internal/app", {}, {}, 1}};
  CHECK(NeedOf(server).hosts == std::vector<std::string>{"db.internal:5432"});
  server.launches[0].layers[0].words[1].holes.push_back({0, 4, "DSN", false});
  CHECK(NeedOf(server).hosts == std::vector<std::string>{"@arg:dsn"});

  Server grafana = Running("oci", "grafana/mcp-grafana");
  grafana.decl.environment.push_back(
      {{"GRAFANA_URL", {}, {}, -1}, {"http://g:3000/x", {}, {}, -1}});
  CHECK(NeedOf(grafana).hosts == std::vector<std::string>{"g:3000"});

  Server bridge = Running("npm", "mcp-remote");
  bridge.launches[0].layers[0].words = {{"mcp-remote", {}, {}, 0},
                                        {"https://mcp.linear.app/sse", {}, {}, 1}};
  CHECK(NeedOf(bridge).hosts == std::vector<std::string>{"mcp.linear.app:443"});
  CHECK(NeedOf(bridge).server_class == ServerClass::Productivity);
}

TEST_CASE("The innermost program counts, and a launcher adds its registry") {
  Server server = Running("npm", "@modelcontextprotocol/server-filesystem");
  Layer launcher;
  launcher.kind = LayerKind::Launcher;
  launcher.tool = "npx";
  server.launches[0].layers.insert(server.launches[0].layers.begin(), launcher);
  const Need need = NeedOf(server);
  CHECK(need.network == NetworkNeed::None);
  CHECK(need.hosts == std::vector<std::string>{"registry:npm"});
  REQUIRE(PackageOf(server));
  CHECK(PackageOf(server)->name == "@modelcontextprotocol/server-filesystem");
}

TEST_CASE("Where only the name of a package speaks, the class has the guide's defaults") {
  const Need filesystem = NeedOf(Running("npm", "@acme/filesystem-mcp"));
  CHECK(filesystem.server_class == ServerClass::Filesystem);
  CHECK(filesystem.network == NetworkNeed::None);
  CHECK(filesystem.catalogue_id.empty());
  CHECK(filesystem.origin == "its name says 'filesystem'");
  CHECK(NeedOf(Running("pypi", "my-postgres-tool")).server_class == ServerClass::Database);
  CHECK(NeedOf(Running("npm", "mcp-puppeteer-x")).network == NetworkNeed::Any);
  CHECK(NeedOf(Running("npm", "my-shell-mcp")).server_class == ServerClass::Shell);
  // Two classes, a part of a word, a folder, or nothing at all say nothing.
  CHECK(NeedOf(Running("npm", "shell-postgres")).server_class == ServerClass::Unknown);
  CHECK(NeedOf(Running("npm", "shellfish")).server_class == ServerClass::Unknown);
  CHECK(NeedOf(Running("file", "/opt/shell/server.js")).server_class == ServerClass::Unknown);
  CHECK(NeedOf(Server{}).server_class == ServerClass::Unknown);
  CHECK_FALSE(PackageOf(Server{}));
}

TEST_CASE("A remote server is known by its host") {
  struct Row {
    const char* url;
    const char* id;
  };
  for (const Row& row :
       {Row{"https://mcp.notion.com/mcp", "notion"}, Row{"https://MCP.notion.com:443", "notion"},
        Row{"https://x@mcp.notion.com/a@b", "notion"}, Row{"https://mcp.notion.com.evil/", ""},
        Row{"https://evil/mcp.notion.com", ""}, Row{"mcp.notion.com", ""},
        Row{"https://${HOST}/mcp", ""}, Row{"https://", ""}}) {
    Server server;
    server.decl.transport = Transport::Http;
    server.decl.url.text = row.url;
    INFO(row.url);
    CHECK(NeedOf(server).catalogue_id == row.id);
  }
}

}  // namespace
}  // namespace sandlint
