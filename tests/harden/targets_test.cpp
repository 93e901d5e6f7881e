// What each tool is told for servers of several kinds.

#include "catch.h"
#include "harden/made.h"

namespace sandlint {
namespace {

const std::string kNpm =
    R"({"command": "npx", "args": ["@modelcontextprotocol/server-filesystem@1.0.0", "."]})";
const std::string kPython = R"({"command": "uvx", "args": ["mcp-server-git==1.2.3", "-r", "."]})";

bool Holds(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

TEST_CASE("a container has an image with the interpreter and the package of its server") {
  for (const char* tool : {"docker", "podman"}) {
    const Made python = Make(tool, kPython);
    const std::string text = python.File(".Dockerfile");
    CHECK(text.find("FROM python:") != text.npos);
    CHECK(text.find("RUN pip install --no-cache-dir mcp-server-git==1.2.3\n") != text.npos);
    CHECK(Holds(python.result.launch, "mcp-server-git"));
    CHECK_FALSE(python.Says("no image is known"));

    const Made npm = Make(tool, kNpm);
    CHECK(npm.File(".Dockerfile").find("FROM node:") != std::string::npos);
    CHECK(Holds(npm.result.launch, "/opt/mcp"));
    // A mount needs an absolute source.
    CHECK(Holds(npm.result.launch, "--mount=type=bind,source=${PWD},target=${PWD}"));

    const Made other = Make(tool, R"({"command": "/opt/x/server", "args": ["."]})");
    CHECK(other.Says("no image is known that has /opt/x/server"));
  }
}

TEST_CASE("a browser runs as a user of its own even without a network") {
  const std::string policy = "[server.web]\nclass = \"browser\"\n";
  for (const char* tool : {"bwrap", "firejail", "sandbox-exec"}) {
    const Made made =
        Make(tool, R"({"command": "node", "args": ["/opt/web/index.js"]})", policy, "web");
    REQUIRE(made.result.launch.size() > 3);
    CHECK(made.result.launch[0] == "sudo");
    CHECK(made.result.launch[3] == "mcp-web");
  }
}

TEST_CASE("a server that runs commands is said to want more than a process sandbox") {
  const std::string policy = "[server.run]\nclass = \"shell\"\n";
  const std::string entry = R"({"command": "node", "args": ["/opt/run/index.js"]})";
  for (const char* tool : {"bwrap", "firejail", "sandbox-exec", "srt"}) {
    CHECK(Make(tool, entry, policy, "run").Says("wants a container or a virtual machine"));
  }
  CHECK_FALSE(Make("podman", entry, policy, "run").Says("wants a container"));
}

TEST_CASE("a temporary directory that a server needs is one of its own") {
  const std::string policy =
      "[server.files]\npaths = [\"/tmp rw\", \"/dev/shm rw\", \"/srv/x rw\"]\n";
  for (const char* tool : {"bwrap", "firejail", "sandbox-exec", "podman", "srt"}) {
    CAPTURE(tool);
    const std::string all = Make(tool, kNpm, policy).All();
    CHECK(all.find("/srv/x") != all.npos);
    for (const char* shared : {"--bind /tmp", "--bind-try /tmp", "whitelist /tmp", "/dev/shm",
                               "(subpath \"/tmp\")", "source=/tmp"}) {
      CHECK(all.find(shared) == all.npos);
    }
  }
}

TEST_CASE("what a firewall cannot hold is said") {
  const std::string entry =
      R"({"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@1.0.0"]})";
  const Made mac = Make("sandbox-exec", entry, {}, "github");
  CHECK(mac.Says("pf holds no ICMP by its user"));
  CHECK(mac.Says("names are asked of the resolver"));
  const std::string rules = Make("bwrap", entry, {}, "github").File(".nft");
  // Packets of no socket are none of that user's: only a match sends them on.
  CHECK(rules.find("meta skuid \"mcp-github\" jump held") != rules.npos);
  CHECK(rules.find("skuid !=") == rules.npos);
}

}  // namespace
}  // namespace sandlint
