#include <set>
#include <string>

#include "catch.h"
#include "fake.h"

namespace sandlint {
namespace {

/// A server that is not sandboxed at all.
Server& Open(FakeWorkspace& fake, const std::string& name) {
  std::shared_ptr<FakeView> view;
  Server& server = fake.AddTight(name, view);
  view->others = Allow(kAllRights);
  Launch& launch = server.launches.front();
  launch.layers.erase(launch.layers.begin());
  launch.grant.egress.mode = NetworkMode::Host;
  launch.grant.environment.own.others = Presence::Passed;
  return server;
}

const Finding* Of(const Findings& findings, std::string_view rule, std::string_view server) {
  for (const Finding& finding : findings) {
    if (finding.rule == rule && finding.server == server) return &finding;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("findings come in the order of the file, each with a key of its own") {
  FakeWorkspace fake;
  fake.workspace.servers.reserve(4);
  Open(fake, "b");
  Open(fake, "a");
  const Findings findings = RunRules(fake.workspace);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].server == "b");
  CHECK(findings[1].server == "a");
  CHECK(findings[0].server_index == 0);
  CHECK(findings[1].server_index == 1);
  CHECK(findings[0].key != findings[1].key);
  CHECK(findings[0].key.size() == 32);
}

TEST_CASE("a key does not know lines") {
  FakeWorkspace first, second;
  Open(first, "a");
  second.workspace.servers.reserve(4);
  Open(second, "other");
  Open(second, "a");
  const Findings before = RunRules(first.workspace), after = RunRules(second.workspace);
  REQUIRE(Of(before, "unsandboxed-server", "a") != nullptr);
  REQUIRE(Of(after, "unsandboxed-server", "a") != nullptr);
  CHECK(Of(before, "unsandboxed-server", "a")->key == Of(after, "unsandboxed-server", "a")->key);
  CHECK(Of(after, "unsandboxed-server", "a")->key != Of(after, "unsandboxed-server", "other")->key);
}

TEST_CASE("equal findings get different keys") {
  FakeWorkspace fake;
  fake.workspace.servers.reserve(4);
  Open(fake, "a");
  Open(fake, "a");
  std::set<std::string> keys;
  for (const Finding& finding : RunRules(fake.workspace)) keys.insert(finding.key);
  CHECK(keys.size() == 2);
}

TEST_CASE("a server without a sandbox is told once, with all that follows") {
  FakeWorkspace fake;
  Open(fake, "files");
  const Findings findings = RunRules(fake.workspace);
  REQUIRE(findings.size() == 1);
  const Finding& finding = findings.front();
  CHECK(finding.rule == "unsandboxed-server");
  CHECK(finding.severity == Severity::Error);
  for (const char* words : {"'files'", "~/.ssh", "~/.aws", "~/.config", "~/.claude",
                            "every variable", "any host", "/tmp"}) {
    INFO(words);
    CHECK(finding.message.find(words) != std::string::npos);
  }
  const Checklist checklist = JudgeServer(fake.workspace.servers[0], fake.workspace, findings);
  for (const std::size_t item : {1U, 2U, 3U, 4U, 10U}) {
    INFO(item);
    CHECK(checklist[item].verdict == Verdict::Fail);
  }
}

TEST_CASE("a tight server has no finding") {
  FakeWorkspace fake;
  std::shared_ptr<FakeView> view;
  Launch& launch = fake.AddTight("files", view).launches.front();
  launch.layers.front().die_with_parent = launch.layers.front().new_session = Word{};
  launch.layers.front().shares_host_pids = false;
  launch.grant.identity.own_pid_namespace = true;
  for (const Finding& finding : RunRules(fake.workspace)) {
    INFO(finding.rule << ": " << finding.message);
    CHECK(false);
  }
}

TEST_CASE("a secret's value is in no message, detail, fix or key") {
  const std::string token = std::string("ghp_") + "a8Kd3Rz9Qw7Xe2Lm5Tn4Vb6Yc1Ug0HsJp3Fo";
  FakeWorkspace fake;
  Server& server = Open(fake, "gh");
  const Source& source = fake.workspace.Add("x.json", token + " " + token + " " + token);
  const Word value{token, {&source, 0, 40}, {}, -1};
  const Word argument{"--token=" + token, {&source, 41, 81}, {}, 1};
  const Word url{"https://x.internal/?key=" + token, {&source, 82, 122}, {}, -1};
  server.decl.environment.push_back({{"GITHUB_TOKEN", {&source, 0, 1}, {}, -1}, value});
  server.decl.headers.push_back({{"Authorization", {&source, 0, 1}, {}, -1}, value});
  server.decl.args.push_back(argument);
  server.decl.url = url;
  server.launches.front().condition_text = "[ -n " + token + " ]";
  server.launches.front().notes.push_back({Support::Unknown, argument, Facet::All, ""});
  fake.workspace.settings.push_back({});
  fake.workspace.settings.back().environment.push_back(server.decl.environment.front());
  fake.workspace.settings.back().allow.push_back({"Bash(" + token + ")", {&source, 0, 1}, {}, -1});
  const Findings findings = RunRules(fake.workspace);
  std::set<std::string> rules;
  for (const Finding& finding : findings) {
    INFO(finding.rule);
    rules.insert(finding.rule);
    for (const std::string& text : {finding.message, finding.detail, finding.fix, finding.key}) {
      CHECK(text.find("a8Kd3Rz9") == std::string::npos);
    }
    for (const Related& related : finding.related) {
      CHECK(related.message.find("a8Kd3Rz9") == std::string::npos);
    }
  }
  for (const char* rule : {"token-in-config", "token-in-argument", "token-in-url", "broad-token",
                           "orchestrator-secrets-in-settings"}) {
    INFO(rule);
    CHECK(rules.count(rule) == 1);
  }
}

}  // namespace sandlint
