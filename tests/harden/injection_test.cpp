// What a stranger wrote in a config or a policy never becomes shell, a directive, a rule or an
// option in what `harden` writes: it is quoted, or it is refused and said.

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.h"
#include "harden/guard.h"
#include "harden/made.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

constexpr auto kTools =
    std::to_array<const char*>({"bwrap", "firejail", "sandbox-exec", "docker", "podman", "srt"});

/// Each would make a file named `canary` in the working directory, or break out of a line.
constexpr auto kHostile = std::to_array<const char*>({
    "$(touch canary)",
    "`touch canary`",
    "';touch canary;'",
    "\";touch canary;\"",
    "x\ntouch canary\n",
    "x;touch canary",
    "a\\",
    "${HOME:?$(touch canary)}",
    "#x",
    "*",
    "--help",
    "a,b",
    "%h",
    "x\x7f",
    "\xe2\x80\xae",
    "{a,b}",
    "~root",
    "&touch canary&",
    "|touch canary",
    "!x",
    "a b",
    "=x",
});

std::string Quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::string Entry(const std::string& argument, const std::string& variable) {
  return "{\"command\": \"npx\", \"args\": [\"@modelcontextprotocol/server-filesystem@1.0.0\", " +
         Quoted(argument) + ", " + Quoted("/data/" + argument) + "], \"env\": {" +
         Quoted(variable) + ": \"1\"}}";
}

/// A directory in which every tool is a program that prints its arguments.
class FakeTools {
 public:
  FakeTools() {
    char name[] = "/tmp/sandlint-fake.XXXXXX";
    root = mkdtemp(name);
    for (const char* tool : {"bwrap", "firejail", "sandbox-exec", "srt", "npm", "npx"}) {
      const fs::path path = fs::path(root) / tool;
      std::ofstream(path) << "#!/bin/sh\nexec /usr/bin/printf '%s\\n' \"$@\"\n";
      fs::permissions(path, fs::perms{0755});
    }
  }
  ~FakeTools() { fs::remove_all(root); }

  /// What `script` prints, and whether it made the canary.
  std::string Run(std::string script, bool& canary) const {
    // The search path of the wrapper names the system's own tools.
    for (std::size_t at = script.find("/usr/local/bin:"); at != script.npos;
         at = script.find("/usr/local/bin:", at + root.size() + 16)) {
      script.insert(at, root + ":");
    }
    std::ofstream(root + "/script") << script;
    const std::string command = "cd " + root + " && HOME=" + root + " PATH=" + root +
                                ":/usr/bin:/bin bash script > out 2> err";
    canary = std::system(command.c_str()) == -1 || fs::exists(root + "/canary");
    fs::remove(root + "/canary");
    std::ifstream in(root + "/out");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  std::string root;
};

TEST_CASE("no argument, variable or name of a config becomes shell text") {
  const FakeTools tools;
  int refused = 0, ran = 0;
  for (const char* tool : kTools) {
    for (const std::string hostile : kHostile) {
      CAPTURE(tool, hostile);
      const Made made = Make(tool, Entry(hostile, hostile), {}, hostile);
      for (const WrittenFile& file : made.result.files) {
        if (!file.executable) continue;
        bool canary = false;
        const std::string printed = tools.Run(file.text, canary);
        CHECK_FALSE(canary);
        CHECK(file.path.find_first_of(" \n;$`'\"") == file.path.npos);
        // The argument arrives as it is.
        CHECK(printed.find("/data/" + hostile + "\n") != printed.npos);
        ++ran;
      }
      refused += made.result.refused.empty() ? 0 : 1;
    }
  }
  CHECK(ran > 50);
  CHECK(refused > 10);
}

TEST_CASE("only names of variables get into a launch") {
  for (const char* tool : kTools) {
    CAPTURE(tool);
    const std::string name = "X}\" ; touch canary ; \"${Y";
    const Made made = Make(tool, Entry("/data", name));
    for (const WrittenFile& file : made.result.files) {
      std::istringstream lines(file.text);
      for (std::string line; std::getline(lines, line);) {
        CHECK((line.starts_with("# Open: ") || line.find("touch") == line.npos));
      }
    }
    for (const std::string& word : made.result.launch) CHECK(word.find("touch") == word.npos);
    CHECK(made.Says("no name of a variable"));
    CHECK(Make(tool, Entry("/data", "BASH_ENV")).Says("BASH_ENV steers"));
  }
}

TEST_CASE("only names of hosts and variables get from the policy into a ruleset or a script") {
  const std::string policy =
      "[server.files]\nhosts = [\"x.example.com:443\", \"a;b'$(touch canary):443\", \"-f:443\","
      " \"x } }\\nflush ruleset\\n:443\", \"@env:HOST\"]\npaths = [\"@env:A\\\"$(touch canary)\", "
      "\"~/notes\"]\n";
  for (const char* tool : kTools) {
    CAPTURE(tool);
    const Made made = Make(tool, Entry("/data", "A"), policy);
    CHECK(made.plan.hosts == std::vector<std::string>{"x.example.com:443", "@env:HOST"});
    for (const WrittenFile& file : made.result.files) {
      for (const char* part : {"\nflush", "$(touch", " '-f"}) {
        std::istringstream lines(file.text);
        for (std::string line; std::getline(lines, line);) {
          const bool comment = line.starts_with('#') || line.starts_with(';');
          CHECK((comment || line.find(part) == line.npos));
        }
      }
    }
    for (const std::string& word : made.result.launch) CHECK(word.find("touch") == word.npos);
    CHECK(made.Says("no name of a host"));
    CHECK(made.Says("no name of a variable"));
  }
  CHECK(IsHost("api.example.com"));
  CHECK(IsHost("*.example.com"));
  CHECK_FALSE(IsHost(""));
  CHECK_FALSE(IsHost("-f"));
  CHECK_FALSE(IsHost("a b"));
}

TEST_CASE("a comma in a path adds no option to a mount") {
  for (const char* tool : {"docker", "podman"}) {
    for (const char* path : {"/data/x,readonly=false", "/data/\",source=/\""}) {
      const Made made = Make(tool, Entry(path, "A"));
      for (const std::string& word : made.result.launch) {
        if (word.starts_with("--mount=")) CHECK(word.find("/data/") == word.npos);
      }
      CHECK(made.Says("cannot be mounted"));
    }
    // The client would expand it a second time.
    const std::string entry =
        R"({"command": "sh", "args": ["-c", "exec npx @modelcontextprotocol/server-filesystem@1.0.0 '${SECRET}'"]})";
    CHECK_FALSE(Make(tool, entry).result.refused.empty());
  }
}

TEST_CASE("a profile of firejail holds no character that firejail reads as more than a name") {
  for (const char* name : {"a*", "a?", "a[b]", "a{b", "a;b", "a&b", "a!b", "a%b", "a<b", "a>b",
                           "a^b", "a'b", "a\"b", "a\\b", "a,b"}) {
    CAPTURE(name);
    const Made made = Make("firejail", Entry(std::string("/home/user/") + name, "A"));
    CHECK((made.Says("firejail takes no such name") || !made.result.refused.empty()));
    CHECK(made.File(".profile").find(std::string("/") + name) == std::string::npos);
    CHECK(made.File(".sh").find("--whitelist") == std::string::npos);
  }
  const Made made = Make("firejail", Entry("/home/user/a#b", "A"));
  CHECK(made.File(".profile").find("a#b") == std::string::npos);
  CHECK(made.File(".sh").find("--whitelist") != std::string::npos);
}

TEST_CASE("a profile of sandbox-exec quotes what a stranger wrote") {
  const Made made = Make("sandbox-exec", Entry("/data/\") (allow default) (\"", "A"));
  CHECK(made.File(".sb").find("(subpath \"/data/\\\") (allow default) (\\\"\")") !=
        std::string::npos);
  const Made variable = Make("sandbox-exec", Entry("${PROJECT}/x", "A"));
  CHECK(variable.File(".sh").find("-D V_PROJECT=\"${PROJECT}\"") != std::string::npos);
}

TEST_CASE("settings of srt hold no pattern that a stranger wrote") {
  const Made made = Make("srt", Entry("/home/user/*", "A"));
  CHECK(made.Says("as a pattern"));
  CHECK(made.File(".srt.json").find("/*") == std::string::npos);
}

}  // namespace
}  // namespace sandlint
