// Servers that are judged one by one while a tree is scanned, on all cores, get what they get when
// all are judged at its end.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "catch.h"
#include "model/reported_paths.h"
#include "rules/rule.h"
#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

std::string ConfigOf(int number) {
  const std::string n = std::to_string(number);
  return R"({"mcpServers": {
  "plain-)" +
         n + R"(": {"command": "npx", "args": ["-y", "thing-)" + n + R"("],
    "env": {"API_TOKEN": "9aK3dR8zQ1wX7eL2mT5nV4bY"}},
  "cut-)" +
         n + R"(": {"command": "bwrap", "args": ["--ro-bind", "/usr", "/usr", "--tmpfs", "/tmp",
    "--unshare-all", "--clearenv", "node", "/usr/lib/mcp/)" +
         n + R"(.js"]},
  "script-)" +
         n + R"(": {"command": "sh", "args": ["run.sh"]},
  "shared-)" +
         n + R"(": {"command": "docker", "args": ["exec", "-i", "box-)" +
         std::to_string(number % 7) + R"(", "node", "x.js"]}}})";
}

std::unique_ptr<FileReader> Tree() {
  std::map<std::string, std::string, std::less<>> tree;
  for (int number = 0; number < 60; ++number) {
    tree["d" + std::to_string(number) + "/.mcp.json"] = ConfigOf(number);
  }
  tree["run.sh"] = "exec firejail --net=none node x.js\n";
  return MakeMemoryReader(std::move(tree));
}

std::vector<std::string> TextOf(const Verdicts& verdicts) {
  std::vector<std::string> lines;
  for (const Finding& finding : verdicts.findings) {
    lines.push_back(finding.key + finding.rule + std::to_string(finding.server_index) +
                    finding.message);
  }
  for (const Checklist& list : verdicts.servers) {
    for (const Judgement& one : list) lines.push_back(NameOf(one.verdict) + one.reason);
  }
  return lines;
}

}  // namespace

TEST_CASE("judged while scanned is judged the same") {
  const auto tree = Tree();
  const Workspace late = Scan(*tree, {});
  REQUIRE(late.servers.size() == 240);
  std::vector<JudgedServer> judged(late.servers.size());
  ScanOptions options;
  options.judge = [&](Workspace& workspace, std::size_t index) {
    judged[index] = JudgeAlone(workspace, index);
    for (Launch& launch : workspace.servers[index].launches) {
      const PathAnswer before = launch.grant.paths->OfRoot();
      const PathAnswer home = launch.grant.paths->OfHost(launch.grant.homes.front());
      launch.grant.paths = ReportedAnswers(launch.grant);
      const bool same =
          launch.grant.paths->OfRoot().rights == before.rights &&
          launch.grant.paths->OfHost(launch.grant.homes.front()).rights == home.rights &&
          launch.grant.paths->OfHost("/etc/passwd").Has(Right::Read) != Answer::No;
      if (!same) judged[index].findings.clear();
    }
  };
  const Workspace early = Scan(*tree, options);
  CHECK(early.files.size() == late.files.size());
  const Verdicts verdicts = Conclude(early, std::move(judged));
  CHECK(verdicts.findings.size() > 500);
  CHECK(TextOf(verdicts) == TextOf(RunAndJudge(late)));
}

}  // namespace sandlint
