// What Claude Code 2.1.330 was seen to do with each of these.
#include <map>
#include <string>

#include "catch.h"
#include "scanner/clients/clients.h"
#include "scanner/discover/discover.h"

namespace sandlint {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

struct Read {
  Workspace workspace;
  Declared declared;

  const ServerDecl& Server(std::string_view name) const {
    for (const ServerDecl& server : declared.servers) {
      if (server.name.text == name) return server;
    }
    FAIL("no server " << name);
    return declared.servers.front();
  }
  const FileReport& File(std::string_view path) const {
    for (const FileReport& file : workspace.files) {
      if (file.path == path) return file;
    }
    FAIL("no file " << path);
    return workspace.files.front();
  }
};

Read ReadFiles(Files files) {
  Read read;
  const auto reader = MakeMemoryReader(std::move(files));
  const auto found = Discover(*reader, {}, read.workspace);
  read.declared = ReadClients(found, *reader, read.workspace);
  return read;
}

Read ReadMcp(const std::string& text) { return ReadFiles({{".mcp.json", text}}); }

Word Of(std::string text) { return {std::move(text), {}, {}, -1}; }

TEST_CASE("Variables are expanded as Claude Code does") {
  const std::vector<Setting> environment{{Of("SETV"), Of("sv")}, {Of("EMPTY"), Of("")}};
  struct Row {
    const char* text;
    const char* result;
  };
  for (const Row& row : {Row{"${SETV}", "sv"},
                         Row{"a${SETV}b", "asvb"},
                         Row{"${UNSET}", "${UNSET}"},
                         Row{"${UNSET:-dd}", "dd"},
                         Row{"${UNSET:-}", ""},
                         Row{"${SETV:-z}", "sv"},
                         Row{"${EMPTY:-e}", ""},
                         Row{"${EMPTY}", ""},
                         Row{"$SETV", "$SETV"},
                         Row{"$${SETV}", "$sv"},
                         Row{"\\${SETV}", "\\sv"},
                         Row{"${UNSET-d2}", "${UNSET-d2}"},
                         Row{"${1BAD}", "${1BAD}"},
                         Row{"${ SETV }", "${ SETV }"},
                         Row{"${UNSET:-${SETV}}", "${SETV}"},
                         Row{"${SETV:-${SETV}}", "sv}"},
                         Row{"~/x", "~/x"},
                         Row{"${SETV}${SETV}", "svsv"},
                         Row{"${${SETV}}", "${sv}"},
                         Row{"${", "${"},
                         Row{"${SETV", "${SETV"},
                         Row{"${SETV:-", "${SETV:-"},
                         Row{"${}", "${}"},
                         Row{"${SETV:-a\nb}", "sv"},
                         Row{"${A:-b:-c}", "b:-c"}}) {
    INFO(row.text);
    const Word word = ExpandClaude(Of(row.text), &environment, "/home/a");
    CHECK(word.text == row.result);
    CHECK(word.Certain());
  }
}

TEST_CASE("What is not known of the client's environment is a hole") {
  const Word plain = ExpandClaude(Of("a${TOKEN}b"), nullptr, {});
  CHECK(plain.text == "a${TOKEN}b");
  REQUIRE(plain.holes.size() == 1);
  CHECK(plain.holes[0].name == "TOKEN");
  CHECK(plain.holes[0].begin == 1);
  CHECK(plain.holes[0].end == 9);
  CHECK_FALSE(plain.Known());
  const Word assumed = ExpandClaude(Of("${DIR:-/work}/x"), nullptr, {});
  CHECK(assumed.text == "/work/x");
  CHECK(assumed.Known());
  CHECK_FALSE(assumed.Certain());
  CHECK(ExpandClaude(Of("${HOME}/x"), nullptr, "/home/a").text == "/home/a/x");
  CHECK(ExpandClaude(Of("${HOME}/x"), nullptr, "/home/a").Certain());
  CHECK_FALSE(ExpandClaude(Of("${HOME}/x"), nullptr, {}).Known());
  // A variable of the session whose value is not kept.
  Word secret = Of("${TOKEN}");
  secret.holes.push_back({0, 8, "TOKEN", false});
  const std::vector<Setting> environment{{Of("TOKEN"), secret}};
  CHECK_FALSE(ExpandClaude(Of("x${TOKEN}"), &environment, {}).Known());
}

TEST_CASE("Entries are read where they can hold variables, and nowhere else") {
  const Read read = ReadMcp(R"({"mcpServers": {"a": {
    "command": "${A}", "args": ["${B}", "${HOME}"], "env": {"${C}": "${D}"}},
    "b": {"type": "http", "url": "https://${E}/", "headers": {"X": "Bearer ${F}"}}}})");
  const ServerDecl& a = read.Server("a");
  CHECK_FALSE(a.command.Known());
  CHECK_FALSE(a.args[0].Known());
  CHECK(a.environment[0].key.text == "${C}");
  CHECK(a.environment[0].key.Known());
  CHECK_FALSE(a.environment[0].value.Known());
  CHECK_FALSE(read.Server("b").url.Known());
  CHECK_FALSE(read.Server("b").headers[0].value.Known());
  ServerDecl resolved = a;
  ClientValues values;
  values.home = Of("/home/alice");
  ResolveVariables(resolved, values);
  CHECK(resolved.args[1].text == "/home/alice");
  CHECK_FALSE(resolved.args[0].Known());
  const std::vector<Setting> environment{{Of("B"), Of("b")}, {Of("HOME"), Of("/h")}};
  values.environment = &environment;
  resolved = a;
  ResolveVariables(resolved, values);
  CHECK(resolved.args[0].text == "b");
  CHECK(resolved.args[1].text == "/h");
  CHECK(resolved.command.text == "${A}");  // unset: it stays as it is written
  CHECK(resolved.command.Known());
}

TEST_CASE("Which entries Claude Code loads, and as what") {
  struct Row {
    const char* entry;
    bool loads;
    Transport transport;
  };
  for (const Row& row :
       {Row{R"({"command": "x"})", true, Transport::Stdio},
        Row{R"({"type": "stdio", "command": "x", "args": [], "env": {}})", true, Transport::Stdio},
        Row{R"({"type": "http", "url": "https://h/"})", true, Transport::Http},
        Row{R"({"type": "streamable-http", "url": "https://h/"})", true, Transport::Http},
        Row{R"({"type": "sse", "url": "https://h/"})", true, Transport::Sse},
        Row{R"({"type": "ws", "url": "wss://h/"})", true, Transport::WebSocket},
        Row{R"({"url": "https://h/"})", false, Transport::Unknown},
        Row{R"({"command": "x", "url": "https://h/"})", true, Transport::Stdio},
        Row{R"({"type": "stdio"})", false, Transport::Stdio},
        Row{R"({"type": "stdio", "command": ""})", false, Transport::Stdio},
        Row{R"({"type": "http"})", false, Transport::Http},
        Row{R"({"type": "nonsense", "command": "x"})", false, Transport::Unknown},
        Row{R"({"type": 5, "command": "x"})", false, Transport::Unknown},
        Row{R"({"command": "x", "env": {"N": 5}})", false, Transport::Stdio},
        Row{R"({"command": "x", "env": {"N": null}})", false, Transport::Stdio},
        Row{R"({"command": "x", "env": []})", false, Transport::Stdio},
        Row{R"({"command": "x", "args": "y"})", false, Transport::Stdio},
        Row{R"({"command": "x", "args": [1]})", false, Transport::Stdio},
        Row{R"({"command": ["x"]})", false, Transport::Stdio},
        Row{R"({"command": "x", "cwd": "/x", "disabled": true, "autoApprove": ["a"],
                "alwaysAllow": [], "made_up": {}})",
            true, Transport::Stdio},
        Row{R"("x")", false, Transport::Stdio},
        Row{R"({})", false, Transport::Stdio}}) {
    INFO(row.entry);
    const Read read = ReadMcp(std::string(R"({"mcpServers": {"a b": )") + row.entry + "}}");
    const ServerDecl& server = read.Server("a b");
    CHECK(server.loads == row.loads);
    CHECK(server.why_not.empty() == row.loads);
    CHECK(server.transport == row.transport);
  }
}

TEST_CASE("Keys without effect are notes, and a url beside a command is dropped") {
  const Read read = ReadMcp(
      R"({"mcpServers": {"a": {"command": "x y", "cwd": "/x", "disabled": true, "odd": 1,
          "url": "https://mcp.notion.com/"}}})");
  const ServerDecl& a = read.Server("a");
  CHECK(a.loads);
  CHECK(a.command.text == "x y");  // one word: it is executed, not split
  CHECK_FALSE(a.working_directory);
  CHECK_FALSE(a.url);
  REQUIRE(a.notes.size() == 4);
  for (const Note& note : a.notes) {
    CHECK(note.support == Support::Irrelevant);
    CHECK(note.word.span);
  }
}

TEST_CASE("Of equal names the last counts, and both keys are told") {
  const Read read =
      ReadMcp(R"({"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}, "b": {"command":
      "z", "command": "w"}}})");
  REQUIRE(read.declared.servers.size() == 2);
  CHECK(read.Server("a").command.text == "y");
  CHECK(read.Server("b").command.text == "w");
  CHECK(read.workspace.duplicate_keys.size() == 2);
}

TEST_CASE("Strict JSON: what the client rejects loads no server, and is read all the same") {
  struct Row {
    const char* text;
    FileStatus status;
    std::size_t servers;
  };
  for (const Row& row :
       {Row{"\xEF\xBB\xBF{\"mcpServers\": {\"a\": {\"command\": \"x\"}}}", FileStatus::Read, 1},
        Row{"{\"mcpServers\": {\"a\": {\"command\": \"x\"}}} // c", FileStatus::Rejected, 1},
        Row{"{\"mcpServers\": {\"a\": {\"command\": \"x\"},}}", FileStatus::Rejected, 1},
        Row{"{\"servers\": {\"a\": {\"command\": \"x\"}}}", FileStatus::Rejected, 1},
        Row{"{\"mcp_servers\": {\"a\": {\"command\": \"x\"}}}", FileStatus::Rejected, 1},
        Row{"{\"a\": {\"command\": \"x\"}}", FileStatus::Rejected, 1},
        Row{"{\"mcpServers\": []}", FileStatus::Rejected, 0}, Row{"[]", FileStatus::Rejected, 0},
        Row{"{\"mcpServers\": {}}", FileStatus::Read, 0},
        Row{"{\"mcpServers\": {\"a\": {\"command\": \"x\"", FileStatus::Unreadable, 1},
        Row{"", FileStatus::Unreadable, 0}}) {
    INFO(row.text);
    const Read read = ReadMcp(row.text);
    CHECK(read.File(".mcp.json").status == row.status);
    REQUIRE(read.declared.servers.size() == row.servers);
    if (row.servers == 1) {
      CHECK(read.declared.servers[0].loads == (row.status == FileStatus::Read));
    }
    CHECK(read.File(".mcp.json").problem.empty() == (row.status == FileStatus::Read));
  }
}

TEST_CASE("A plugin declares servers in its manifest, in files that it names and beside it") {
  const Read read = ReadFiles({
      {"p/.claude-plugin/plugin.json",
       R"({"name": "p", "mcpServers": ["./more/servers.json", "./.mcp.json", "https://x/y.mcpb",
           "../../out.json", {"inline": {"command": "${CLAUDE_PLUGIN_ROOT}/run",
           "args": ["${user_config.token}", "${CLAUDE_PLUGIN_DATA}"]}}]})"},
      {"p/more/servers.json", R"({"named": {"command": "n"}})"},
      {"p/.mcp.json", R"({"mcpServers": {"beside": {"command": "b"}}})"},
      {"q/.claude-plugin/plugin.json", R"({"mcpServers": "./s.json"})"},
      {"q/s.json", R"({"mcpServers": {"wrapped": {"command": "w"}}})"},
      {"r/.claude-plugin/plugin.json", R"({"mcpServers": 5})"},
      {"s/.claude-plugin/plugin.json", R"({"mcpServers": {"i": {"command": "x"}}, })"},
  });
  CHECK(read.declared.servers.size() == 5);
  const ServerDecl& inside = read.Server("inline");
  CHECK(inside.scope == Scope::Plugin);
  CHECK(inside.command.text == "p/run");
  CHECK(inside.command.Known());
  CHECK_FALSE(inside.args[0].Known());
  CHECK_FALSE(inside.args[1].Known());
  // No environment says them.
  ServerDecl resolved = inside;
  const std::vector<Setting> environment;
  ResolveVariables(resolved, {&environment, {}});
  CHECK_FALSE(resolved.args[0].Known());
  CHECK_FALSE(resolved.args[1].Known());
  CHECK(read.Server("named").scope == Scope::Plugin);
  CHECK(read.Server("beside").scope == Scope::Plugin);
  CHECK(read.Server("wrapped").loads);
  CHECK(read.File("p/more/servers.json").status == FileStatus::Read);
  CHECK(read.File("r/.claude-plugin/plugin.json").status == FileStatus::Rejected);
  CHECK_FALSE(read.Server("i").loads);
}

TEST_CASE("A marketplace may declare the servers of its plugins") {
  const Read read = ReadFiles({{".claude-plugin/marketplace.json",
                                R"({"name": "m", "plugins": [
            {"name": "a", "source": "./plugins/a", "strict": false,
             "mcpServers": {"one": {"command": "${CLAUDE_PLUGIN_ROOT}/x"}}},
            {"name": "b", "source": {"source": "github", "repo": "o/r"}, "mcpServers": "./b.json"},
            {"name": "c", "source": "./plugins/c", "mcpServers": "./servers.json"}, 5]})"},
                               {"plugins/c/servers.json", R"({"two": {"command": "y"}})"}});
  CHECK(read.Server("one").command.text == "plugins/a/x");
  CHECK(read.Server("two").scope == Scope::Plugin);
  CHECK(read.File(".claude-plugin/marketplace.json").kind == "claude-marketplace");
}

TEST_CASE("Agents declare servers in their front matter") {
  const Read read = ReadFiles(
      {{".claude/agents/a.md",
        "---\nname: deploy\nmcpServers:\n  - gh\n  - tmp: {command: node, args: [\"${A}\"]}\n"
        "  - db:\n      command: bwrap\n---\nText\n"},
       {".claude/agents/b.md", "---\ndescription: Use when: x\n---\n"},
       {".claude/agents/c.md", "---\nmcpServers: [\n---\n"},
       {".claude/agents/d.md", "no front matter with mcpServers\n"}});
  REQUIRE(read.declared.servers.size() == 2);
  const ServerDecl& tmp = read.Server("tmp");
  CHECK(tmp.scope == Scope::Agent);
  CHECK(tmp.command.span.Text() == "node");
  CHECK_FALSE(tmp.args.at(0).Known());
  CHECK(PositionOf(*read.Server("db").command.span.source, read.Server("db").command.span.begin)
            .line == 7);
  CHECK(read.File(".claude/agents/b.md").status == FileStatus::Read);
  CHECK(read.File(".claude/agents/c.md").status == FileStatus::Rejected);
}

TEST_CASE("The state file holds user and local servers") {
  const Read read = ReadFiles({{".claude.json", R"({"numStartups": 3, "oauthAccount": {"x": "y"},
      "mcpServers": {"u": {"command": "x"}},
      "projects": {"/p": {"mcpServers": {"l": {"command": "y"}}}, "/q": 5}})"}});
  CHECK(read.Server("u").scope == Scope::User);
  CHECK(read.Server("l").scope == Scope::Local);
  const Read managed =
      ReadFiles({{"managed-mcp.json", R"({"mcpServers": {"m": {"command": "x"}}})"}});
  CHECK(managed.Server("m").scope == Scope::Managed);
}

TEST_CASE("Settings are read; sandbox.enabled is no layer and mcpServers no key of theirs") {
  const Read read = ReadFiles({{".claude/settings.json", R"j({
      "mcpServers": {"no": {"command": "x"}},
      "enableAllProjectMcpServers": true, "enabledMcpjsonServers": ["a"],
      "env": {"A": "b"}, "permissions": {"allow": ["Bash(ls)"], "deny": ["Read(~/.ssh/**)"],
      "defaultMode": "bypassPermissions", "additionalDirectories": ["/x"]},
      "sandbox": {"enabled": true, "network": {"allowLocalBinding": true}},
      "apiKeyHelper": "/bin/key", "statusLine": {"type": "command", "command": "s"},
      "hooks": {"PreToolUse": [{"matcher": "*", "hooks": [{"type": "command", "command": "h"}]}]}
      })j"}});
  CHECK(read.declared.servers.empty());
  REQUIRE(read.declared.settings.size() == 1);
  const ClientSettings& settings = read.declared.settings[0];
  CHECK(settings.loads);
  CHECK(settings.enable_all_project_servers);
  CHECK(settings.permission_mode.text == "bypassPermissions");
  CHECK(settings.deny.size() == 1);
  CHECK(settings.commands.size() == 3);
  CHECK(settings.sandbox_enabled.text == "true");
  REQUIRE(settings.sandbox.size() == 1);
  CHECK(settings.sandbox[0].key.text == "sandbox.network.allowLocalBinding");
}

TEST_CASE("Only an administrator's settings hold back variables for sure") {
  const std::string server = R"({"mcpServers": {"a": {"command": "x"}}})";
  const std::string list = R"({"env": {"CLAUDE_CODE_MCP_ALLOWLIST_ENV": "1"}})";
  const std::string scrub = R"({"env": {"CLAUDE_CODE_SUBPROCESS_ENV_SCRUB": "1"}})";
  const auto inherits = [&](const char* path, const std::string& text) {
    return ReadFiles({{".mcp.json", server}, {path, text}}).Server("a").inherits;
  };
  const auto removes = [](const Inheritance& inheritance, std::string_view name) {
    return std::ranges::find(inheritance.names, name) != inheritance.names.end();
  };
  CHECK(inherits(".claude/settings.json", list).everything);
  CHECK_FALSE(removes(inherits(".claude/settings.local.json", scrub), "AWS_SECRET_ACCESS_KEY"));
  CHECK_FALSE(inherits("managed-settings.json", list).everything);
  CHECK(inherits("managed-settings.json", list + ",").everything);  // rejected: nothing applies
  const Inheritance scrubbed = inherits("managed-settings.json", scrub);
  CHECK(removes(scrubbed, "AWS_SECRET_ACCESS_KEY"));
  CHECK_FALSE(removes(scrubbed, "GITHUB_TOKEN"));
  CHECK(removes(inherits("x/.mcp.json", server), "CLAUDE_CODE_OAUTH_TOKEN"));
}

}  // namespace
}  // namespace sandlint
