// `sandlint observe`: logs to lists and to a policy that is read back.

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

namespace {

using Words = std::vector<std::string>;

constexpr const char* kLog =
    "7  execve(\"/usr/bin/node\", [\"node\", \"/opt/s/index.js\", \"/srv/data\"], 0x7ff /* 9 vars "
    "*/) "
    "= 0\n"
    "7  openat(AT_FDCWD</home/al/p>, \"/opt/s/index.js\", O_RDONLY) = 3</opt/s/index.js>\n"
    "7  openat(AT_FDCWD</home/al/p>, \"/srv/data/a\", O_RDONLY) = 3</srv/data/a>\n"
    "7  openat(AT_FDCWD</home/al/p>, \"/home/al/.gitconfig\", O_RDONLY) = 3</home/al/.gitconfig>\n"
    "7  openat(AT_FDCWD</home/al/p>, \"/home/al/.ssh/id_rsa\", O_RDONLY) = "
    "3</home/al/.ssh/id_rsa>\n"
    "7  openat(AT_FDCWD</home/al/p>, \"/home/al/notes/new\", O_WRONLY|O_CREAT, 0600) = "
    "4</home/al/notes/new>\n"
    "7  openat(AT_FDCWD</home/al/p>, \"made/x\", O_WRONLY|O_CREAT, 0600) = 4</home/al/p/made/x>\n"
    "7  connect(5<TCP:[9]>, {sa_family=AF_INET, sin_port=htons(443), "
    "sin_addr=inet_addr(\"203.0.113.9\")}, 16) = 0\n";

const Words kArgv{"node", "/opt/s/index.js", "/srv/data"};

Outcome ObserveLog(const Tree& tree, Words more = {}) {
  Words words{"observe", tree / "trace.log", "--server", "files", "--config", tree.root};
  words.insert(words.end(), more.begin(), more.end());
  return Sandlint(words);
}

}  // namespace

TEST_CASE("a log becomes four lists and a policy table") {
  const Tree tree{{".mcp.json", Config("files", kArgv)}, {"trace.log", kLog}};
  const Outcome outcome = ObserveLog(tree);
  INFO(outcome.out << outcome.err);
  CHECK(outcome.code == 0);
  CHECK(Has(outcome.out, "# observed and granted: "));
  CHECK(Has(outcome.out, "# observed and not documented: "));
  CHECK(Has(outcome.out, "# documented and not observed: nothing"));
  CHECK(Has(outcome.out, "[server.files]\n"));
  CHECK(Has(outcome.out,
            "paths = [\"@args ro\", \"@cwd rw\", \"~/.gitconfig ro\", \"~/notes rw\"]\n"));
  CHECK(Has(outcome.out, "hosts = [\"203.0.113.9:443\"]\n"));
  CHECK(Has(outcome.out, "traces = [\"trace.log\"]\n"));
  CHECK(Has(outcome.out, "# not written: ~/.ssh/id_rsa ro (a secret place"));
}

TEST_CASE("what is written is the need of the next run") {
  const Tree tree{{".mcp.json", Config("files", kArgv)},
                  {"trace.log", kLog},
                  {".sandlint.toml", "# mine\nexclude = [\"nothing\"]\n"}};
  const Outcome outcome = ObserveLog(tree, {"--write"});
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(Has(tree.Read(".sandlint.toml"), "# mine\n"));
  const Outcome shown = Sandlint({"show", "files", "--config", tree.root});
  INFO(shown.out);
  CHECK(Has(shown.out, "hosts 203.0.113.9:443"));
  CHECK(Has(shown.out, "paths @args, @cwd (write), ~/.gitconfig, ~/notes (write)"));
  CHECK(Has(shown.out, "the policy file"));
  // All that was seen is documented now, but for the secret.
  const Outcome checked = Sandlint({"check", tree.root, "--format", "json"});
  CHECK(Has(checked.out, "~/.ssh/id_rsa, a secret place that nobody documents"));
  CHECK_FALSE(Has(checked.out, "which nobody documents"));
}

TEST_CASE("a log that shows nothing is an error, and so is a server that is not there") {
  const Tree tree{{".mcp.json", Config("files", kArgv)}, {"trace.log", "all went well\n"}};
  CHECK(ObserveLog(tree).code == 2);
  CHECK(Sandlint({"observe", tree / "none", "--server", "files", "--config", tree.root}).code == 2);
  const Tree other{{".mcp.json", Config("git", kArgv)}, {"trace.log", kLog}};
  CHECK(ObserveLog(other).code == 2);
}

TEST_CASE("a link in the place of the policy file is not written through") {
  const Tree tree{{".mcp.json", Config("files", kArgv)}, {"trace.log", kLog}, {"target", "keep"}};
  const int made = symlink((tree / "target").c_str(), (tree / ".sandlint.toml").c_str());
  REQUIRE(made == 0);
  CHECK(ObserveLog(tree, {"--write"}).code == 2);
  CHECK(tree.Read("target") == "keep");
}

TEST_CASE("control characters and tokens of a log reach neither screen nor file") {
  const std::string token = std::string("gh") + "p_16C7e42F292c6912E7710c838347Ae178B4a";
  const Tree tree{{".mcp.json", Config("files", kArgv)},
                  {"trace.log", "7  open(\"/srv/x\\33[31m\", O_RDONLY) = 3\n7  open(\"/srv/" +
                                    token + "\", O_RDONLY) = 3\n"}};
  const Outcome outcome = ObserveLog(tree);
  CHECK(outcome.code == 0);
  CHECK_FALSE(Has(outcome.out, "\x1b"));
  CHECK_FALSE(Has(outcome.out, token));
}

TEST_CASE("a real trace is read back as what the program did") {
  if (std::system("command -v strace >/dev/null 2>&1") != 0) {
    if (std::getenv("SANDLINT_REQUIRE_ORACLES") != nullptr) FAIL("strace is missing");
    WARN("skipped: strace is not installed");
    return;
  }
  const Tree tree{{".mcp.json", Config("files", kArgv)}, {"in put", "x"}, {"sub/y", "y"}};
  for (const char* options : {"-f -y -o t", "-ff -o t", "-ff -tt -yy -T -o t", "-f -ttt -o t"}) {
    const std::string command = fmt::format(
        "cd '{}' && rm -f t t.* && strace -e trace=%file,%process,fchdir,dup2,close {} sh -c "
        "'pwd; cat \"in put\" >new; (cd sub && cat y); cat none' >/dev/null 2>&1",
        tree.root, options);
    static_cast<void>(std::system(command.c_str()));
    const Outcome outcome = Sandlint({"observe", tree / "t", "--server", "files", "--config",
                                      tree.root, "--directory", tree.root});
    INFO(options << "\n" << outcome.out << outcome.err);
    CHECK(outcome.code == 0);
    CHECK(Has(outcome.out, "./in put  read"));
    CHECK(Has(outcome.out, "./new  write"));
    CHECK(Has(outcome.out, "./sub/y  read"));
    CHECK_FALSE(Has(outcome.out, "./none"));
    CHECK(Has(outcome.out, "paths = [\"@cwd rw\"]\n"));
  }
}
