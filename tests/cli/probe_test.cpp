// `sandlint probe`: the wrapper is run for real, the server never.

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/probe_stage.h"
#include "cli/program.h"
#include "paths.h"

namespace {

namespace fs = std::filesystem;
const Words kRoot{
    "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr",    "/usr",
    "--symlink",     "usr/bin",           "/bin",          "--symlink", "usr/lib", "/lib",
    "--symlink",     "usr/lib64",         "/lib64",        "--proc",    "/proc",   "--dev",
    "/dev",          "--tmpfs",           "/tmp"};

Words Bwrap(const Words& more) {
  Words words{"env", "-i", "PATH=/usr/bin:/bin", "bwrap"};
  words.insert(words.end(), kRoot.begin(), kRoot.end());
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("what a closed bwrap line is predicted to be, it is") {
  if (Missing("bwrap")) return;
  const ProbeStage place;
  const std::string project = place / "project";
  const Outcome outcome =
      place.Probe(Bwrap({"--ro-bind", project, project, "--ro-bind", place / "server.sh",
                         place / "server.sh", place / "server.sh", project}));
  INFO(outcome.out << outcome.err);
  CHECK(outcome.code == 0);
  CHECK(Has(outcome.err, "this is run now, in the place of the server: env -i "));
  CHECK(Has(outcome.out, "read ~/.ssh"));
  CHECK(Has(outcome.out, "variable AWS_SECRET_ACCESS_KEY"));
  CHECK(Has(outcome.out, "a way to other hosts"));
  CHECK(Has(outcome.out, "a file in the host's temp directory"));
  CHECK(Has(outcome.out, "\n0 of "));
  CHECK_FALSE(Has(outcome.out + outcome.err, "seven-secret-words"));
  CHECK_FALSE(fs::exists(place / "started"));
}

TEST_CASE("what an open bwrap line shows is predicted and found") {
  if (Missing("bwrap")) return;
  const ProbeStage place;
  const Outcome outcome =
      place.Probe({"bwrap", "--bind", "/", "/", "--dev", "/dev", place / "server.sh"});
  INFO(outcome.out << outcome.err);
  CHECK(outcome.code == 0);
  CHECK(Has(outcome.out, "read ~/.ssh                                      yes        yes\n"));
  CHECK(Has(outcome.out, "variable MY_TOKEN                                yes        yes\n"));
  CHECK_FALSE(Has(outcome.out + outcome.err, "seven-secret-words"));
  CHECK_FALSE(fs::exists(place / "started"));
}

TEST_CASE("the wrapper script that harden writes is probed without being run") {
  for (const std::string tool : {"bwrap", "firejail"}) {
    if (Missing(tool)) continue;
    const ProbeStage place;
    place.Write("project/.mcp.json", Config("x", {place / "server.sh", place / "project"}));
    place.Write("project/.sandlint.toml", "[server.x]\nhosts = []\npaths = [\"@args rw\"]\n");
    How how;
    how.directory = place / "project";
    how.environment = {{"HOME", place / "home"}};
    const Outcome made =
        Sandlint({"harden", "x", "--with", tool, "--write", "--host", "live"}, how);
    INFO(made.out << made.err);
    REQUIRE(made.code != 2);
    const Outcome outcome = Sandlint({"probe", "x", "--home", place / "home"}, how);
    INFO(outcome.out << outcome.err);
    CHECK(outcome.code == 0);
    CHECK(Has(outcome.out, "\n0 of "));
    CHECK_FALSE(fs::exists(place / "started"));
  }
}

TEST_CASE("a wrapper that does not do what it says is found out") {
  const ProbeStage place;
  // Not bwrap at all: it starts the probe as it is.
  place.Write("bin/bwrap",
              "#!/bin/bash\n[[ $1 != --version ]] || exit 1\nwhile [[ $1 != -- ]]; do shift; done\n"
              "shift 2\nexec \"$PROBE\" \"$@\"\n");
  chmod((place / "bin/bwrap").c_str(), 0755);
  How how;
  how.directory = place / "project";
  const std::string probe = (fs::path(kBinary).parent_path() / "sandlint-probe").string();
  how.environment = {{"HOME", place / "home"},
                     {"PROBE", probe},
                     {"PATH", (place / "bin") + ":/usr/local/bin:/usr/bin:/bin"}};
  Words argv{"bwrap"};
  argv.insert(argv.end(), kRoot.begin(), kRoot.end());
  argv.push_back(place / "server.sh");
  place.Write("project/.mcp.json", Config("x", argv));
  const Outcome outcome = Sandlint({"probe", "x", "--home", place / "home"}, how);
  INFO(outcome.out << outcome.err);
  CHECK(outcome.code == 1);
  CHECK(Has(outcome.out,
            "read ~/.ssh                                      no         yes   <- differs"));
  CHECK(Has(outcome.out, "A prediction is wrong. Please report this:"));
  CHECK(Has(outcome.out, "  question   read ~/.ssh\n  predicted  no\n"));
  CHECK(Has(outcome.out, "  host       "));
}

TEST_CASE("what cannot be told apart from the server is refused") {
  const ProbeStage place;
  for (const Words& argv :
       {Words{place / "server.sh"}, Words{"mystery-wrapper", "--x", place / "server.sh"},
        Words{"bwrap", "--mystery", place / "server.sh"},
        Words{"bwrap", "--args", "9", place / "server.sh"}, Words{"srt", place / "server.sh"}}) {
    const Outcome outcome = place.Probe(argv);
    INFO(argv.front() << outcome.out << outcome.err);
    CHECK(outcome.code == 2);
    CHECK(Has(outcome.err, "not probed"));
    CHECK_FALSE(Has(outcome.err, "this is run now"));
    CHECK_FALSE(fs::exists(place / "started"));
  }
}
