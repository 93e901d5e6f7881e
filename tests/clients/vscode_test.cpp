// VS Code and the clients of the table: what of their files is read, and what a launch is given.
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "catch.h"
#include "paths.h"
#include "scanner/discover/discover.h"
#include "scanner/files/host.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

struct Scanned {
  std::unique_ptr<FileReader> files;
  Workspace workspace;

  const Server& Named(std::string_view name) const {
    for (const Server& server : workspace.servers) {
      if (server.decl.name.text == name) return server;
    }
    FAIL("no server " << name);
    return workspace.servers.front();
  }
  std::string Read(std::string_view name, std::string_view path) const {
    return Of(Named(name), Right::Read, path);
  }
  std::string Write(std::string_view name, std::string_view path) const {
    return Of(Named(name), Right::Write, path);
  }
  std::string Connect(std::string_view name, const std::string& host) const {
    const auto& launches = Named(name).launches;
    REQUIRE_FALSE(launches.empty());
    return NameOf(launches.front().grant.egress.Ask({"tcp", host, 443}).answer);
  }
  std::string GetEnv(std::string_view name, std::string_view variable) const {
    const auto& launches = Named(name).launches;
    REQUIRE_FALSE(launches.empty());
    return NameOf(launches.front().grant.environment.Ask(variable).answer);
  }
  bool HasNote(std::string_view name, std::string_view part) const {
    const Server& server = Named(name);
    const auto in = [&](const std::vector<Note>& notes) {
      for (const Note& note : notes) {
        if (note.word.text.find(part) != std::string::npos) return true;
        if (note.why.find(part) != std::string::npos) return true;
      }
      return false;
    };
    if (in(server.decl.notes)) return true;
    for (const Launch& launch : server.launches) {
      if (in(launch.notes)) return true;
    }
    return false;
  }

 private:
  static std::string Of(const Server& server, Right right, std::string_view path) {
    REQUIRE_FALSE(server.launches.empty());
    return NameOf(server.launches.front().grant.paths->OfHost(path).Has(right));
  }
};

Scanned ScanFiles(Files files, const std::vector<Setting>* environment = nullptr) {
  Scanned scanned;
  scanned.files = MakeMemoryReader(std::move(files));
  ScanOptions options;
  options.environment = environment;
  scanned.workspace = Scan(*scanned.files, options);
  return scanned;
}

Scanned ScanCode(const std::string& text) { return ScanFiles({{".vscode/mcp.json", text}}); }

/// One server `a` with these members beside its command.
std::string Entry(const std::string& members, const std::string& root = "") {
  return R"({"servers": {"a": {"command": "node", "args": ["/srv/s.js"])" + members + "}}" + root +
         "}";
}

const char* kHome = "/home/user";
std::string Home(const char* path) { return std::string(kHome) + "/" + path; }

TEST_CASE("VS Code reads JSON with comments, trailing commas and a mark") {
  const Scanned scanned = ScanCode(
      "\xEF\xBB\xBF{ // servers\n\"servers\": {\"a\": {\"command\": \"node\", \"args\": "
      "[\"x.js\",],},},}");
  CHECK(scanned.Named("a").decl.loads);
  CHECK(scanned.Named("a").decl.clients.front() == "VS Code");
  for (const FileReport& file : scanned.workspace.files) CHECK(file.status == FileStatus::Read);
}

TEST_CASE("VS Code passes its whole environment on") {
  const Scanned scanned = ScanCode(Entry(R"(, "env": {"A": "b", "GONE": null, "N": 5})"));
  CHECK(scanned.GetEnv("a", "AWS_SECRET_ACCESS_KEY") == "yes");
  CHECK(scanned.GetEnv("a", "A") == "yes");
  CHECK(scanned.GetEnv("a", "N") == "yes");
  // Its own process keeps it, and /proc shows that.
  CHECK(scanned.Named("a").launches.front().grant.environment.own.Find("GONE").presence ==
        Presence::Absent);
}

TEST_CASE("Without sandboxEnabled a sandbox is no layer") {
  const Scanned scanned =
      ScanCode(Entry(R"(, "sandbox": {"filesystem": {"denyRead": ["~/.ssh"]}})"));
  CHECK(scanned.Read("a", Home(".ssh/id_rsa")) == "yes");
  CHECK(ScanCode(Entry(R"(, "sandboxEnabled": false)")).Read("a", Home(".ssh/id_rsa")) == "yes");
  CHECK(ScanCode(Entry(R"(, "sandboxEnabled": "true")")).Read("a", Home(".ssh/id_rsa")) == "yes");
}

TEST_CASE("An empty sandbox reads everything and writes little") {
  const Scanned scanned = ScanCode(Entry(R"(, "sandboxEnabled": true, "sandbox": {})"));
  CHECK(scanned.Read("a", Home(".ssh/id_rsa")) == "yes");
  CHECK(scanned.Write("a", Home(".bashrc")) == "no");
  CHECK(scanned.Write("a", Home(".npm/x")) == "yes");
  CHECK(scanned.Write("a", Home("project/x")) == "yes");
  CHECK(scanned.Connect("a", "evil.example.com") == "no");
  CHECK(scanned.Connect("a", "npm-registry.example") == "unknown");
  CHECK(scanned.GetEnv("a", "AWS_SECRET_ACCESS_KEY") == "yes");
}

TEST_CASE("What the entry's sandbox lists is what srt is given") {
  const Scanned scanned = ScanCode(Entry(R"(, "sandboxEnabled": true, "sandbox": {
    "filesystem": {"denyRead": ["~/.ssh", "${env:HOME}/.aws"], "allowWrite": ["~/out"],
                   "denyWrite": ["~/out/keep"], "allowRead": ["~/.ssh"]},
    "network": {"allowedDomains": ["api.example.com"], "deniedDomains": ["evil.example.com"],
                "allowAllUnixSockets": true}})"));
  CHECK(scanned.Write("a", Home("out/x")) != "no");
  CHECK(scanned.Connect("a", "api.example.com") == "yes");
  CHECK(scanned.Connect("a", "other.example.com") == "no");
  CHECK(scanned.HasNote("a", "allowRead"));
  // Whether variables are replaced in what is denied is not established.
  CHECK(scanned.Read("a", Home(".aws/credentials")) != "no");
  const Scanned plain = ScanCode(
      Entry(R"(, "sandboxEnabled": true, "sandbox": {"filesystem": {"denyRead": ["~/.ssh"]}})"));
  CHECK(plain.Read("a", Home(".ssh/id_rsa")) == "no");
  const Scanned out = ScanCode(
      Entry(R"(, "sandboxEnabled": true, "sandbox": {"filesystem": {"allowWrite": ["~/out"],
          "denyWrite": ["~/out/keep"]}})"));
  CHECK(out.Write("a", Home("out/x")) == "yes");
  CHECK(out.Write("a", Home("out/keep/x")) == "no");
  CHECK(plain.Read("a", Home(".aws/credentials")) == "yes");
}

TEST_CASE("The sandbox of the whole file counts where the entry has none, with a doubt") {
  const std::string root =
      R"(, "sandbox": {"filesystem": {"denyRead": ["~/.ssh"], "allowWrite": ["~/out"]}})";
  const Scanned shared = ScanCode(Entry(R"(, "sandboxEnabled": true)", root));
  CHECK(shared.Read("a", Home(".ssh/id_rsa")) == "unknown");
  CHECK(shared.Write("a", Home("out/x")) != "no");
  CHECK(shared.HasNote("a", "denyRead"));
  const Scanned both = ScanCode(Entry(
      R"(, "sandboxEnabled": true, "sandbox": {"filesystem": {"denyRead": ["~/.aws"]}})", root));
  CHECK(both.Read("a", Home(".ssh/id_rsa")) != "no");
  CHECK(both.Write("a", Home("out/x")) != "no");
}

TEST_CASE("The options of a sandboxed server are swallowed") {
  const Scanned scanned = ScanCode(
      R"({"servers": {"a": {"command": "srv", "args": ["-c", "cat /etc/passwd"],
          "sandboxEnabled": true}, "b": {"command": "srv", "args": ["-s", "/x.json"],
          "sandboxEnabled": true}}})");
  REQUIRE(scanned.Named("a").launches.front().layers.size() >= 2);
  CHECK(scanned.Named("a").launches.front().layers[1].tool == "bash");
  CHECK(scanned.Read("b", Home(".ssh/id_rsa")) != "no");
  bool told = false;
  for (const StartProblem& problem : scanned.Named("a").launches.front().start_problems) {
    told = told || problem.text.find("-c for itself") != std::string::npos;
  }
  CHECK(told);
}

TEST_CASE("Every word of the sandbox keeps its place") {
  const Scanned scanned = ScanCode(Entry(R"(, "sandboxEnabled": true)"));
  const Layer& layer = scanned.Named("a").launches.front().layers.front();
  CHECK(layer.program.span.Text() == "sandboxEnabled");
  const Word& command = scanned.Named("a").launches.front().layers.back().program;
  CHECK(command.argv_index >= 0);
}

TEST_CASE("Wrong types in a sandbox leave doubts, and none of them hides anything") {
  for (const char* sandbox :
       {R"("x")", "[]", R"({"filesystem": []})", R"({"filesystem": "x"})",
        R"({"filesystem": {"denyRead": "~/.ssh"}})", R"({"filesystem": {"denyRead": [5]}})",
        R"({"filesystem": {"denyRead": {"0": "~/.ssh"}}})"}) {
    INFO(sandbox);
    const Scanned scanned =
        ScanCode(Entry(std::string(R"(, "sandboxEnabled": true, "sandbox": )") + sandbox));
    CHECK(scanned.Read("a", Home(".ssh/id_rsa")) != "no");
    CHECK(scanned.Write("a", Home(".bashrc")) != "no");
  }
}

TEST_CASE("A glob in what may not be read, and equal keys") {
  const Scanned scanned = ScanCode(
      Entry(R"(, "sandboxEnabled": true, "sandbox": {"filesystem": {"denyRead": ["~/.ssh/**"]}})"));
  CHECK(scanned.Read("a", Home(".aws/credentials")) == "yes");
  const Scanned twice = ScanCode(Entry(
      R"(, "sandboxEnabled": true, "sandbox": {"filesystem": {"denyRead": ["~/.ssh"]}},
          "sandbox": {"filesystem": {"denyRead": ["~/.aws"]}})"));
  CHECK(twice.Read("a", Home(".ssh/id_rsa")) == "yes");
  CHECK(twice.Read("a", Home(".aws/credentials")) == "no");
  CHECK_FALSE(twice.workspace.duplicate_keys.empty());
}

TEST_CASE("The working directory of an entry is where the sandbox writes") {
  const Scanned given = ScanCode(Entry(R"(, "cwd": "/srv/work", "sandboxEnabled": true)"));
  CHECK(given.Write("a", "/srv/work/x") == "yes");
  CHECK(given.Write("a", Home("project/x")) == "no");
  const Scanned folder =
      ScanCode(Entry(R"(, "cwd": "${workspaceFolder}/sub", "sandboxEnabled": true)"));
  CHECK(folder.Write("a", Home("project/sub/x")) == "yes");
  CHECK(folder.Write("a", Home("project/x")) == "no");
  for (const char* lost : {"${input:dir}", "~/x", "sub", "${config:x}"}) {
    INFO(lost);
    const Scanned unknown =
        ScanCode(Entry(std::string(R"(, "cwd": ")") + lost + R"(", "sandboxEnabled": true)"));
    CHECK(unknown.Write("a", Home(".bashrc")) != "no");
  }
}

TEST_CASE("A nested folder is a workspace of its own") {
  const Scanned scanned = ScanFiles({{"sub/.vscode/mcp.json", R"({"servers": {"a": {
    "command": "bash", "args": ["${workspaceFolder}/run.sh"]}, "b": {"command": "bash",
    "args": ["run.sh"]}}})"},
                                     {"sub/run.sh", "exec bwrap --ro-bind /usr /usr node x.js\n"}});
  CHECK(scanned.Read("a", Home(".ssh/id_rsa")) == "no");
  CHECK(scanned.Read("b", Home(".ssh/id_rsa")) == "no");
  CHECK(scanned.Named("a").decl.folder == "sub");
}

TEST_CASE("Inputs are unknown, and a default that is a secret is told") {
  const Scanned scanned = ScanCode(R"({"inputs": [{"id": "k", "type": "promptString",
    "password": true, "default": "ghp_0123456789abcdefghijABCDEFGHIJ012345"}],
    "servers": {"a": {"command": "${input:k}"}, "b": {"command": "node", "args": ["${input:k}"],
    "env": {"T": "${input:k}"}}}})");
  CHECK_FALSE(scanned.Named("a").decl.command.Known());
  CHECK_FALSE(scanned.Named("b").decl.args.front().Known());
  REQUIRE(scanned.Named("b").decl.offered.size() == 1);
}

TEST_CASE("Odd files of VS Code") {
  const Scanned array = ScanCode(R"({"servers": [{"command": "node"}]})");
  CHECK(array.workspace.servers.empty());
  CHECK(array.workspace.files.front().status == FileStatus::Rejected);
  const Scanned foreign = ScanCode(R"({"mcpServers": {"a": {"command": "node"}}})");
  CHECK(foreign.workspace.files.front().status == FileStatus::Rejected);
  CHECK(ScanCode("").workspace.files.front().status == FileStatus::Unreadable);
  // What can be read of a broken file may be started all the same.
  const Scanned cut = ScanCode(R"({"servers": {"a": {"command": "node"}, "b": {"comm)");
  CHECK(cut.workspace.files.front().status == FileStatus::Unreadable);
  CHECK(cut.Named("a").decl.loads);
  const Scanned odd = ScanCode(R"({"servers": {"n": null, "s": "x", "e": {}, "c": {"command": 5},
    "t": {"command": "node", "args": "x.js"}, "u": {"url": "https://e.example/mcp"}}})");
  CHECK_FALSE(odd.Named("n").decl.loads);
  CHECK_FALSE(odd.Named("e").decl.loads);
  CHECK_FALSE(odd.Named("t").decl.args.front().Known());
  CHECK(odd.Named("u").decl.transport == Transport::Http);
}

TEST_CASE("Other places where VS Code has servers") {
  const Scanned scanned = ScanFiles(
      {{".vscode/settings.json", R"({"mcp": {"servers": {"s": {"command": "node"}}}, // c
       })"},
       {"x.code-workspace", R"({"settings": {"mcp": {"servers": {"w": {"command": "node"}}}}})"},
       {"sub/.vscode/settings.json", R"({"editor.tabSize": 2, broken)"},
       {".devcontainer/devcontainer.json",
        R"({"customizations": {"vscode": {"mcp": {"servers": {"d": {"command": "node"}}}}}})"}});
  CHECK(scanned.Named("s").decl.loads);
  CHECK(scanned.Named("w").decl.loads);
  CHECK(scanned.Named("d").decl.loads);
  for (const FileReport& file : scanned.workspace.files) {
    INFO(file.path);
    CHECK(file.status ==
          (file.path == "sub/.vscode/settings.json" ? FileStatus::Ignored : FileStatus::Read));
  }
}

TEST_CASE("A file of variables may set what makes programs run code") {
  const Scanned scanned =
      ScanFiles({{".vscode/mcp.json", Entry(R"(, "envFile": "${workspaceFolder}/.env")")},
                 {".env", "TOKEN=ghp_x\n# c\nexport PATH=/x\n"}});
  const auto& edits = scanned.Named("a").decl.inherits.edits;
  REQUIRE(edits.size() == 3);
  CHECK(edits[1].name.text == "TOKEN");
  CHECK(edits[1].value.text.find("ghp_") == std::string::npos);
  CHECK(edits[2].name.text == "PATH");
}

TEST_CASE("Each client has its file, its root and its environment") {
  struct Row {
    const char* path;
    const char* text;
    const char* client;
    const char* secret;  ///< is AWS_SECRET_ACCESS_KEY passed on?
  };
  constexpr const char* kMap = R"({"mcpServers": {"a": {"command": "node", "args": ["x.js"]}}})";
  for (const Row& row :
       {Row{".cursor/mcp.json", kMap, "Cursor", "unknown"},
        Row{"claude_desktop_config.json", kMap, "Claude Desktop", "no"},
        Row{".github/mcp.json", kMap, "Copilot CLI", "unknown"},
        Row{".codeium/windsurf/mcp_config.json", kMap, "Windsurf", "unknown"},
        Row{".roo/mcp.json", kMap, "Roo Code", "unknown"},
        Row{".kilocode/mcp.json", kMap, "Kilo Code", "unknown"},
        Row{".gemini/settings.json", kMap, "Gemini CLI", "unknown"},
        Row{".zed/settings.json", R"({"context_servers": {"a": {"command": "node"}}})", "Zed",
            "unknown"},
        Row{"opencode.json", R"({"mcp": {"a": {"type": "local", "command": ["node", "x.js"]}}})",
            "OpenCode", "yes"},
        Row{".junie/mcp/mcp.json", kMap, "Junie", "unknown"},
        Row{".amazonq/mcp.json", kMap, "Amazon Q", "unknown"},
        Row{".amazonq/cli-agents/x.json", kMap, "Amazon Q", "unknown"},
        Row{".kiro/settings/mcp.json", kMap, "Kiro", "unknown"},
        Row{".warp/.mcp.json", kMap, "Warp", "unknown"},
        Row{".vs/mcp.json", R"({"servers": {"a": {"command": "node"}}})", "Visual Studio",
            "unknown"},
        Row{".vscode/mcp.json", R"({"servers": {"a": {"command": "node"}}})", "VS Code", "yes"},
        Row{".codex/config.toml", "[mcp_servers.a]\ncommand = \"node\"\n", "Codex", "no"}}) {
    INFO(row.path);
    for (const char* above : {"", "sub/"}) {
      const Scanned scanned = ScanFiles({{std::string(above) + row.path, row.text}});
      REQUIRE(scanned.workspace.servers.size() == 1);
      const ServerDecl& decl = scanned.Named("a").decl;
      CHECK(decl.clients.front() == row.client);
      CHECK(decl.loads);
      CHECK(decl.command.text == "node");
      const Launch& launch = scanned.Named("a").launches.front();
      CHECK(launch.grant.environment.own.Find("AWS_SECRET_ACCESS_KEY").presence ==
            (std::string(row.secret) == "yes"       ? Presence::Passed
             : std::string(row.secret) == "unknown" ? Presence::Unknown
                                                    : Presence::Absent));
    }
  }
}

TEST_CASE("The documentation lists the files that are read") {
  std::ostringstream text;
  text << std::ifstream(std::string(kSourceDir) + "/docs/clients.md").rdbuf();
  for (const char* path :
       {".mcp.json", ".vscode/mcp.json", ".vscode/settings.json", ".codex/config.toml",
        "claude_desktop_config.json", "opencode.jsonc", ".gemini/settings.json", ".cursor/mcp.json",
        ".github/mcp.json", ".vs/mcp.json", ".zed/settings.json", ".roo/mcp.json",
        ".kilocode/mcp.json", ".junie/mcp/mcp.json", ".amazonq/mcp.json", ".kiro/settings/mcp.json",
        ".warp/.mcp.json", ".devcontainer/devcontainer.json"}) {
    INFO(path);
    Workspace workspace;
    const auto files = MakeMemoryReader({{path, "{}"}});
    CHECK(Discover(*files, {}, workspace).size() == 1);
    const std::string name(std::string_view(path).starts_with(".dev") ? "devcontainer.json" : path);
    CHECK(text.str().find("`" + name + "`") != std::string::npos);
  }
}

TEST_CASE("References of each client are holes") {
  struct Row {
    const char* path;
    const char* word;
    bool known;
  };
  for (const Row& row :
       {Row{".cursor/mcp.json", "${env:TOKEN}", false}, Row{".cursor/mcp.json", "$TOKEN", true},
        Row{".gemini/settings.json", "$TOKEN", false},
        Row{".gemini/settings.json", "${TOKEN:-x}", false},
        Row{".kiro/settings/mcp.json", "${TOKEN}", false},
        Row{".roo/mcp.json", "a${env:TOKEN}b", false}, Row{".junie/mcp/mcp.json", "%TOKEN%", false},
        Row{"claude_desktop_config.json", "${TOKEN}", true}}) {
    INFO(row.path << " " << row.word);
    const Scanned scanned = ScanFiles(
        {{row.path, std::string(R"({"mcpServers": {"a": {"command": "node", "env": {"K": ")") +
                        row.word + R"("}}}})"}});
    CHECK(scanned.Named("a").decl.environment.front().value.Known() == row.known);
  }
}

TEST_CASE("Words that let tools through are kept") {
  const Scanned scanned = ScanFiles(
      {{".roo/mcp.json", R"({"mcpServers": {"a": {"command": "n", "alwaysAllow": ["x"]},
         "b": {"command": "n", "alwaysAllow": []}}})"},
       {".gemini/settings.json", R"({"mcpServers": {"c": {"command": "n", "trust": true}}})"},
       {".codex/config.toml",
        "[mcp_servers.d]\ncommand = \"n\"\ndefault_tools_approval_mode = \"approve\"\n"
        "[mcp_servers.e]\ncommand = \"n\"\n[mcp_servers.e.tools.t]\napproval_mode = "
        "\"approve\"\n"}});
  for (const char* name : {"a", "c", "d", "e"}) {
    INFO(name);
    CHECK(scanned.Named(name).decl.auto_approves.size() == 1);
  }
  CHECK(scanned.Named("b").decl.auto_approves.empty());
}

TEST_CASE("Codex passes a short list on, and what the entry names") {
  const Scanned scanned = ScanFiles({{".codex/config.toml", R"(
[mcp_servers.a]
command = "node"
args = ["${HOME}/x.js"]
env = { MODE = "ro" }
env_vars = ["GITHUB_TOKEN", { name = "FAR", source = "remote" }]
cwd = "/w"
[mcp_servers.w]
url = "https://h.example/mcp"
bearer_token_env_var = "TOK"
)"}});
  const VariableSet& own = scanned.Named("a").launches.front().grant.environment.own;
  CHECK(own.Find("GITHUB_TOKEN").presence == Presence::Passed);
  CHECK(own.Find("MODE").presence == Presence::Set);
  CHECK(own.Find("PATH").presence == Presence::Passed);
  CHECK(own.Find("AWS_SECRET_ACCESS_KEY").presence == Presence::Absent);
  CHECK(own.Find("FAR").presence != Presence::Absent);
  CHECK(scanned.Named("a").decl.args.front().Certain());
  CHECK(scanned.Named("w").Remote());
  CHECK_FALSE(scanned.Named("w").decl.headers.front().value.Known());
}

TEST_CASE("Codex refuses a whole config") {
  for (const char* text :
       {"[mcp_servers.a]\ncommand = \"n\"\nurl = \"https://x.example\"\n",
        "[mcp_servers.a]\nurl = \"https://x.example\"\nbearer_token = \"t\"\n",
        "[mcp_servers.a]\ncommand = 5\n", "[mcp_servers.a]\nenv = { N = 5 }\ncommand = \"n\"\n"}) {
    INFO(text);
    const Scanned scanned = ScanFiles(
        {{".codex/config.toml", std::string(text) + "[mcp_servers.b]\ncommand = \"n\"\n"}});
    CHECK_FALSE(scanned.Named("b").decl.loads);
    CHECK(scanned.workspace.files.front().status == FileStatus::Rejected);
  }
}

}  // namespace
}  // namespace sandlint
