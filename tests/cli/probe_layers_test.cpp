// `sandlint probe` through several wrappers: the probe comes to stand where the innermost one
// starts the server, and nothing of a script or of the server is run.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/probe_stage.h"
#include "cli/program.h"
#include "paths.h"

namespace {

namespace fs = std::filesystem;

const std::string kSystem =
    " --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64"
    " --proc /proc --dev /dev ";

/// A line of the table, by its question.
std::string Row(const Outcome& outcome, const std::string& question) {
  const std::size_t begin = outcome.out.find("\n" + question + " ");
  if (begin == std::string::npos) return "none";
  const std::string line =
      outcome.out.substr(begin + 1, outcome.out.find('\n', begin + 1) - begin - 1);
  const std::size_t word = line.find_first_not_of(' ', question.size());
  return line.substr(word);
}

std::string Both(const std::string& word) {
  return word + std::string(11 - word.size(), ' ') + word;
}

void CheckAsPredicted(const ProbeStage& stage, const Outcome& outcome) {
  CHECK(outcome.code == 0);
  CHECK(Has(outcome.out, "\n0 of "));
  CHECK_FALSE(Has(outcome.out + outcome.err, "seven-secret-words"));
  CHECK_FALSE(fs::exists(stage / "started"));
}

}  // namespace

TEST_CASE("a sandbox in a script in a sandbox is probed at its inner end") {
  if (Missing("bwrap")) return;
  const ProbeStage stage;
  stage.Write("project/inner.sh",
              "#!/bin/sh\ntouch ../started\nexport FROM_SCRIPT_TOKEN=abc\ncd /\n"
              "exec bwrap --unshare-user" +
                  kSystem + "--tmpfs /tmp --ro-bind \"$HOME/.aws\" \"$HOME/.aws\" -- env X=1 " +
                  (stage / "server.sh") + "\n");
  const Outcome outcome =
      stage.Probe({"env", "A=1", "bwrap", "--unshare-user", "--unshare-pid", "--bind", "/", "/",
                   "--dev", "/dev", "--proc", "/proc", "--tmpfs", stage / "home/.ssh", "--", "sh",
                   stage / "project/inner.sh"});
  INFO(outcome.out << outcome.err);
  CheckAsPredicted(stage, outcome);
  CHECK(Row(outcome, "read ~/.ssh") == Both("no"));
  CHECK(Row(outcome, "read ~/.aws") == Both("yes"));
  CHECK(Row(outcome, "read ~/.config") == Both("no"));
  CHECK(Row(outcome, "variable AWS_SECRET_ACCESS_KEY") == Both("yes"));
}

TEST_CASE("a script that is started by its name is not run: its sandbox is") {
  if (Missing("bwrap")) return;
  const ProbeStage stage;
  stage.Write("project/wrap.sh",
              "#!/usr/bin/env bash\nset -eu\ntouch ../started\ntmp=$(mktemp -d)\n"
              "trap 'rm -rf \"$tmp\"' EXIT\nbwrap --unshare-all" +
                  kSystem +
                  "--bind \"$tmp\" /tmp --ro-bind \"$PWD\" \"$PWD\" --ro-bind \"$HOME/.ssh\" "
                  "\"$HOME/.ssh\" -- node x.js\n");
  chmod((stage / "project/wrap.sh").c_str(), 0755);
  const Outcome outcome = stage.Probe({"./wrap.sh"});
  INFO(outcome.out << outcome.err);
  CheckAsPredicted(stage, outcome);
  CHECK(Row(outcome, "read ~/.ssh") == Both("yes"));
  CHECK(Row(outcome, "read ~/.aws") == Both("no"));
  CHECK(Row(outcome, "a way to other hosts") == Both("no"));
}

TEST_CASE("what a shell that waits keeps in /proc is found there") {
  if (Missing("bwrap")) return;
  const ProbeStage stage;
  const std::string line = "bwrap --ro-bind / / --dev /dev ";
  for (const auto& [text, found] :
       {std::pair{"unset X_TOKEN; " + line + "node x.js; true", "yes"},
        {"unset X_TOKEN; exec " + line + "--unshare-pid --proc /proc node x.js", "no"}}) {
    stage.Write("project/.mcp.json", R"({"mcpServers": {"x": {"command": "sh", "args": ["-c", ")" +
                                         text + R"("], "env": {"X_TOKEN": "a1"}}}})");
    How how;
    how.directory = stage / "project";
    const Outcome outcome = Sandlint({"probe", "x", "--home", stage / "home"}, how);
    INFO(outcome.out << outcome.err);
    CheckAsPredicted(stage, outcome);
    CHECK(Row(outcome, "variable X_TOKEN") == Both(found));
  }
}

TEST_CASE("root in a bwrap without namespaces is found to reach the host through /proc") {
  if (Missing("bwrap")) return;
  if (geteuid() != 0) {
    WARN("skipped: it needs root");
    return;
  }
  const ProbeStage stage;
  const Outcome outcome = stage.Probe(
      {"timeout", "50", "sh", "-c",
       "exec bwrap --ro-bind / / --tmpfs " + (stage / "home") + " -- " + (stage / "server.sh")});
  INFO(outcome.out << outcome.err);
  CheckAsPredicted(stage, outcome);
  CHECK(Row(outcome, "read ~/.ssh") == Both("yes"));
}

TEST_CASE("a sandbox of another user is probed as that user") {
  if (Missing("bwrap") || Missing("sudo") || Missing("setpriv")) return;
  if (geteuid() != 0) {
    WARN("skipped: it needs root");
    return;
  }
  const ProbeStage stage;
  chmod(stage.root.c_str(), 0755);
  chmod((stage / "home/.aws").c_str(), 0700);
  const std::string wrap = stage / "project/wrap.sh";
  stage.Write("project/wrap.sh", "#!/bin/sh\ntmp=$(mktemp -d)\nchmod 700 \"$tmp\"\nexec bwrap" +
                                     kSystem +
                                     "--bind \"$tmp\" /tmp --ro-bind \"$PWD\" \"$PWD\" --ro-bind " +
                                     (stage / "home") + " /h -- node x.js\n");
  for (const Words& user :
       {Words{"sudo", "-n", "-u", "daemon"},
        Words{"setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups"}}) {
    Words argv = user;
    argv.insert(argv.end(), {"sh", wrap});
    const Outcome outcome = stage.Probe(argv);
    INFO(outcome.out << outcome.err);
    CheckAsPredicted(stage, outcome);
    CHECK(Row(outcome, "runs as user 1") == Both("yes"));
    CHECK(Row(outcome, "read ~/.aws").ends_with(" no"));
    CHECK(Row(outcome, "read ~/.ssh") == Both("yes"));
  }
}

TEST_CASE("srt is probed where the probe can be run inside") {
  const std::string bin = std::string(kSourceDir) + "/tests/oracle/srt/node_modules/.bin";
  if (Missing("bwrap") || Missing("socat") || Missing("rg") || Missing(bin + "/srt")) return;
  const ProbeStage stage;
  stage.Write("project/srt.json",
              R"({"network": {"allowedDomains": [], "deniedDomains": []}, "filesystem": )"
              R"({"denyRead": ["~/.ssh"], "allowRead": [], "allowWrite": [], "denyWrite": []}})");
  const Outcome outcome =
      stage.Probe({"srt", "--settings", stage / "project/srt.json", "--", "node", "x.js"},
                  bin + ":/usr/local/bin:/usr/bin:/bin");
  INFO(outcome.out << outcome.err);
  CheckAsPredicted(stage, outcome);
  CHECK(Row(outcome, "read ~/.ssh") == Both("no"));
  CHECK(Row(outcome, "read ~/.aws") == Both("yes"));
  CHECK(Row(outcome, "a way to other hosts") == Both("no"));
}

TEST_CASE("where the server would be run with its wrapper, nothing is run") {
  const ProbeStage stage;
  const std::string line = "bwrap --ro-bind / / " + (stage / "server.sh");
  stage.Write("project/package.json", R"({"scripts": {"start": ")" + line + "\"}}");
  for (const Words& argv :
       {Words{"su", "daemon", "-s", "/bin/sh", "-c", line}, Words{"npm", "run", "start"},
        Words{"script", "-qc", line, "/dev/null"}, Words{"env", "-S", line},
        Words{"uv", "run", "bwrap", "--ro-bind", "/", "/", stage / "server.sh"},
        Words{"bash", "-lc", line}, Words{"srt", "-c", line},
        Words{"sh", "-c",
              "exec bwrap --ro-bind / / " + (stage / "server.sh") + " <../home/.ssh/id_rsa"}}) {
    const Outcome outcome = stage.Probe(argv);
    INFO(argv.front() << ' ' << outcome.out << outcome.err);
    CHECK(outcome.code == 2);
    CHECK(Has(outcome.err, "not probed"));
    CHECK_FALSE(Has(outcome.err, "this is run now"));
    CHECK_FALSE(fs::exists(stage / "started"));
  }
}
