// What a server works on, and what of it must stay as it is.

#include <nlohmann/json.hpp>

#include "catch.h"
#include "harden/made.h"

namespace sandlint {
namespace {

bool Has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("what says what the sandbox is stays read-only in a project that is written") {
  const std::string policy = "[server.files]\nhosts = []\npaths = [\"@cwd rw\", \"@args rw\"]\n";
  const std::string entry = R"({"command": "node", "args": ["./tools/server.js", "./data"]})";
  const auto made = [&](const char* tool, std::string_view ending) {
    return Make(tool, entry, policy).File(ending);
  };
  const std::string bwrap = made("bwrap", ".sh");
  CHECK(Has(bwrap, "--bind \"$PWD\" \"$PWD\""));
  CHECK(Has(bwrap, "--bind \"$PWD/data\" \"$PWD/data\""));
  // The script is what runs, not what is worked on.
  CHECK(
      Has(bwrap, "--ro-bind \"$PWD/tools/server.js\" \"$PWD/tools/server.js\"  # its own program"));
  CHECK(Has(bwrap, "--ro-bind \"$PWD/mcp-sandbox\" \"$PWD/mcp-sandbox\""));
  CHECK(bwrap.find("--bind \"$PWD\"") < bwrap.find("--ro-bind \"$PWD/.mcp.json\""));
  CHECK(Has(made("firejail", ".sh"), "\"--read-only=$PWD/mcp-sandbox\""));
  CHECK(Has(made("sandbox-exec", ".sb"),
            "(deny file-write* (subpath (string-append (param \"PROJECT\") \"/mcp-sandbox\")))"));
  const auto srt = nlohmann::json::parse(made("srt", ".srt.json"))["filesystem"];
  CHECK(srt["denyWrite"] == nlohmann::json{"./.mcp.json", "./mcp-sandbox", "./tools/server.js"});
}

TEST_CASE("an argument of a program is no program: its neighbours stay hidden") {
  const Made made = Make("bwrap", R"({"command": "/opt/x/bin/serve", "args": ["/srv/data/one"]})",
                         "[server.files]\nhosts = []\npaths = [\"@args ro\"]\n");
  CHECK(Has(made.File(".sh"), "--ro-bind /srv/data/one /srv/data/one"));
  CHECK_FALSE(Has(made.File(".sh"), "--ro-bind /srv/data /srv/data"));
}

TEST_CASE("a server that replaces a file gets the folder that holds it, if that is its own") {
  const auto made = [](const std::string& path) {
    return Make("docker", R"({"command": "npx",
                    "args": ["-y", "@modelcontextprotocol/server-memory@1.0.0"],
                    "env": {"MEMORY_FILE_PATH": ")" +
                              path + "\"}}");
  };
  // The client knows no variable of the entry itself: the path stands as it is.
  const Made own = made("/home/user/notes/memory.jsonl");
  CHECK(Has(own.All(), "source=${HOME}/notes,target=${HOME}/notes\n"));
  CHECK(Has(own.All(), "--env=MEMORY_FILE_PATH"));
  for (const char* path : {"/home/user/memory.jsonl", "/home/user/project/memory.jsonl",
                           "/tmp/memory.jsonl", "/home/memory.jsonl"}) {
    const Made wide = made(path);
    CAPTURE(path);
    CHECK(Has(wide.All(), "memory.jsonl,target="));
    CHECK(wide.Says("give it a folder of its own"));
  }
}

TEST_CASE("a program in the home brings its folder, never the home") {
  const auto script = [](const std::string& path) {
    return Make("bwrap", R"({"command": "python3", "args": [")" + path + "\"]}").File(".sh");
  };
  CHECK(Has(script("/home/user/src/app.py"), "--ro-bind \"$HOME/src\" \"$HOME/src\""));
  CHECK(Has(script("/home/user/app.py"), "--ro-bind \"$HOME/app.py\" \"$HOME/app.py\""));
  CHECK(Has(script("/home/other/src/app.py"), "--ro-bind /home/other/src /home/other/src"));
  CHECK(Has(script("/home/other/app.py"), "--ro-bind /home/other/app.py /home/other/app.py"));
  CHECK(Has(script("/home/user/tool/src/app.py"), "--ro-bind \"$HOME/tool\" \"$HOME/tool\""));
  for (const char* path : {"/home/user/src/app.py", "/home/user/app.py", "/home/other/app.py"}) {
    CHECK_FALSE(Has(script(path), "--ro-bind \"$HOME\" "));
    CHECK_FALSE(Has(script(path), "--ro-bind /home/other /home/other"));
  }
}

TEST_CASE("a module is named once") {
  const Made made =
      Make("bwrap", R"({"command": "python3", "args": ["-m", "tool.server", "--root", "/srv/x"]})");
  CHECK(Has(made.File(".sh"), "-- python3 -m tool.server --root /srv/x\n"));
}

TEST_CASE("a launch is refused where what is done around the server would be lost") {
  for (const char* entry :
       {R"({"command": "uv", "args": ["--directory", "/srv/x", "run", "server.py"]})",
        R"({"command": "uv", "args": ["run", "server.py"]})",
        R"({"command": "sh", "args": ["-c", "cd /srv/x && exec node server.js"]})",
        R"({"command": "env", "args": ["-C", "/srv/x", "node", "server.js"]})"}) {
    CAPTURE(entry);
    const Made made = Make("bwrap", entry);
    CHECK_FALSE(made.result.refused.empty());
    CHECK(made.result.files.empty());
  }
}

TEST_CASE("no folder of a package is searched for the sandbox itself") {
  for (const char* tool : {"bwrap", "firejail", "sandbox-exec", "srt"}) {
    CAPTURE(tool);
    const std::string script = Make(tool, R"({"command": "npx", "args": ["-y",
        "@modelcontextprotocol/server-memory@1.0.0"]})")
                                   .File(".sh");
    const std::size_t start = script.find("env -i PATH=/usr/local/bin:/usr/bin:/bin ");
    REQUIRE(start != script.npos);
    const std::size_t inner = script.find("env PATH=", start);
    REQUIRE(inner != script.npos);
    CHECK(script.find("node_modules/.bin") > inner);
  }
}

}  // namespace
}  // namespace sandlint
