// The policy file, from its text to the findings and the checklist.
#include <algorithm>
#include <map>

#include "catch.h"
#include "rules/apply_policy.h"
#include "rules/rule.h"
#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

constexpr const char* kServer =
    R"({"mcpServers": {"files": {"command": "npx", "args": ["@acme/odd@1.2.3"]}}})";

struct Result {
  Workspace workspace;
  Findings raw;
  Findings findings;
  std::vector<SuppressedFinding> suppressed;

  int Count(std::string_view rule) const {
    return static_cast<int>(std::ranges::count(findings, rule, &Finding::rule));
  }
};

Result Run(const std::string& policy, ScanOptions options = {}, Files files = {}) {
  Result result;
  files.try_emplace(".mcp.json", kServer);
  if (!policy.empty()) files[".sandlint.toml"] = policy;
  if (options.today.empty()) options.today = "2026-11-25";
  result.workspace = Scan(*MakeMemoryReader(std::move(files)), options);
  result.raw = RunRules(result.workspace);
  PolicyEffect effect;
  result.findings = ApplyPolicy(result.raw, result.workspace, effect);
  result.suppressed = std::move(effect.suppressed);
  return result;
}

std::string Suppress(const std::string& rest) {
  return "[[suppress]]\nrule = \"unsandboxed-server\"\n" + rest;
}

TEST_CASE("A suppression needs a reason, its server and a day that has not passed") {
  CHECK(Run("").Count("unsandboxed-server") == 1);
  const Result good = Run(Suppress("reason = \"r\"\n"));
  CHECK(good.Count("unsandboxed-server") == 0);
  REQUIRE(good.suppressed.size() == 1);
  CHECK(good.suppressed[0].reason == "r");
  for (const char* bad :
       {"", "reason = \"\"\n", "reason = 5\n", "server = \"other\"\nreason = \"r\"\n",
        "reason = \"r\"\nexpires = 2026-11-24\n", "reason = \"r\"\nexpires = \"soon\"\n",
        "reason = \"r\"\nexpires = 5\n"}) {
    INFO(bad);
    CHECK(Run(Suppress(bad)).Count("unsandboxed-server") == 1);
  }
  // The last day counts.
  CHECK(Run(Suppress("reason = \"r\"\nexpires = 2026-11-25\n")).Count("unsandboxed-server") == 0);
}

TEST_CASE("The policy cannot waive what is said of itself") {
  const Result result =
      Run("[[suppress]]\nrule = \"suppression-unused\"\nreason = \"r\"\n"
          "[[suppress]]\nrule = \"nonsense\"\nreason = \"r\"\n");
  CHECK(result.Count("suppression-unused") == 2);
  CHECK(result.suppressed.empty());
}

TEST_CASE("A part of the tree says nothing about waivers of the rest") {
  ScanOptions options;
  options.paths = {".mcp.json"};
  CHECK(Run("[[suppress]]\nrule = \"nonsense\"\nreason = \"r\"\n", options)
            .Count("suppression-unused") == 0);
}

TEST_CASE("A severity changes what is told and not what is judged") {
  const Result result = Run("[severity]\nunsandboxed-server = \"note\"\n");
  const auto found = std::ranges::find(result.findings, "unsandboxed-server", &Finding::rule);
  REQUIRE(found != result.findings.end());
  CHECK(found->severity == Severity::Note);
  const std::vector<Checklist> lists = JudgeServers(result.workspace, result.raw);
  CHECK(lists.at(0)[1].verdict == Verdict::Fail);
}

TEST_CASE("An attestation decides what is open and never outweighs a finding") {
  const auto judged = [](const std::string& text, std::size_t item) {
    const Result result = Run(text);
    return JudgeServers(result.workspace, result.raw).at(0)[item];
  };
  const auto attest = [](int item, const std::string& rest) {
    return "[[attest]]\nitem = " + std::to_string(item) +
           "\nwho = \"A\"\ndate = 2026-01-01\nreason = \"seen\"\n" + rest;
  };
  CHECK(judged("", 7).verdict != Verdict::Pass);
  CHECK(judged(attest(7, ""), 7).verdict == Verdict::Pass);
  CHECK(judged(attest(7, ""), 7).reason.find("attested by A on 2026-01-01") == 0);
  CHECK(judged(attest(7, "server = \"files\"\n"), 7).verdict == Verdict::Pass);
  CHECK(judged(attest(7, "server = \"other\"\n"), 7).verdict != Verdict::Pass);
  CHECK(judged(attest(7, "expires = 2026-11-24\n"), 7).verdict != Verdict::Pass);
  CHECK(judged("[[attest]]\nitem = 7\nwho = \"A\"\ndate = 2026-01-01\n", 7).verdict !=
        Verdict::Pass);
  CHECK(judged(attest(1, ""), 1).verdict == Verdict::Fail);
}

TEST_CASE("A server of the policy has the need that it documents") {
  const auto need = [](const std::string& text) { return Run(text).workspace.servers.at(0).need; };
  CHECK(need("").server_class == ServerClass::Unknown);
  const Need filesystem = need("[server.files]\nclass = \"filesystem\"\n");
  CHECK(filesystem.server_class == ServerClass::Filesystem);
  CHECK(filesystem.network == NetworkNeed::None);
  CHECK(filesystem.origin == "the policy file");
  const Need hosts = need("[server.files]\nhosts = [\"h:443\"]\npaths = [\"~/.x rw\", \"/y\"]\n");
  CHECK(hosts.network == NetworkNeed::Allowlist);
  CHECK(std::ranges::count(hosts.hosts, "h:443") == 1);
  REQUIRE(hosts.paths.size() >= 2);
  CHECK(std::ranges::any_of(
      hosts.paths, [](const NeededPath& path) { return path.path == "~/.x" && path.write; }));
  CHECK(need("[server.other]\nclass = \"filesystem\"\n").server_class == ServerClass::Unknown);
}

TEST_CASE("What the policy excludes is not read, and that is told") {
  const Files files{{"a/.mcp.json", kServer}, {"ab/.mcp.json", kServer}};
  const Result result = Run("exclude = [\"./a/\"]\n", {}, files);
  CHECK(result.workspace.servers.size() == 2);
  const auto report = std::ranges::find(result.workspace.files, "a/.mcp.json", &FileReport::path);
  REQUIRE(report != result.workspace.files.end());
  CHECK(report->status == FileStatus::Ignored);
}

TEST_CASE("What is not understood in a policy is reported with its place") {
  for (const char* text :
       {"exclude = 5\n", "nonsense = 1\n", "[severity]\nx = \"loud\"\n", "a = \n",
        "[server.files]\nclass = \"odd\"\n", "[[attest]]\nitem = 13\n"}) {
    INFO(text);
    const Result result = Run(text);
    const auto found = std::ranges::find(result.findings, "config-unreadable", &Finding::rule);
    REQUIRE(found != result.findings.end());
    CHECK(found->message.find("is not understood") != std::string::npos);
    CHECK(found->where);
  }
}

TEST_CASE("On a change the policy of the base counts") {
  const std::string waiver = Suppress("reason = \"r\"\n");
  const auto base = MakeMemoryReader({{".sandlint.toml", waiver}});
  const auto empty = MakeMemoryReader({});
  ScanOptions options;
  options.policy_from = base.get();
  CHECK(Run(waiver, options).Count("policy-changed-in-this-change") == 0);
  CHECK(Run(waiver, options).Count("unsandboxed-server") == 0);
  const Result removed = Run("", options);
  CHECK(removed.Count("unsandboxed-server") == 0);
  CHECK(removed.Count("policy-changed-in-this-change") == 1);
  options.policy_from = empty.get();
  const Result added = Run(waiver, options);
  CHECK(added.Count("unsandboxed-server") == 1);
  CHECK(added.Count("policy-changed-in-this-change") == 1);
}

}  // namespace
}  // namespace sandlint
