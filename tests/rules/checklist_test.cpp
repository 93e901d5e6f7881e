#include <string>

#include "catch.h"
#include "fake.h"

namespace sandlint {
namespace {

/// The verdict of one item for a tight server after `change`.
template <typename Change>
Verdict VerdictAfter(int item, Change change) {
  FakeWorkspace fake;
  std::shared_ptr<FakeView> view;
  Server& server = fake.AddTight("files", view);
  server.need.server_class = ServerClass::Filesystem;
  server.need.network = NetworkNeed::None;
  change(server, *view);
  const Checklist list = JudgeServer(server, fake.workspace, {});
  INFO(list[static_cast<std::size_t>(item)].reason);
  CHECK_FALSE(list[static_cast<std::size_t>(item)].reason.empty());
  return list[static_cast<std::size_t>(item)].verdict;
}

void Nothing(Server&, FakeView&) {}

Note Unknown(Facet facet) {
  Note note;
  note.word.text = "--strange";
  note.facets = facet;
  return note;
}

}  // namespace

TEST_CASE("the checklist holds the guide's twelve lines") {
  REQUIRE(GuideChecklist().size() == 12);
  for (std::size_t index = 0; index < 12; ++index) {
    CHECK(GuideChecklist()[index].number == static_cast<int>(index) + 1);
  }
  CHECK(GuideChecklist()[0].text == "Each MCP server runs in its own bwrap profile or container");
  CHECK(GuideChecklist()[11].text ==
        "Sandbox profiles version-controlled alongside MCP server config");
}

TEST_CASE("a tight local server passes what a config can prove") {
  for (const int item : {1, 2, 3, 4, 5, 6, 10, 12}) {
    INFO(item);
    CHECK(VerdictAfter(item, Nothing) == Verdict::Pass);
  }
  for (const int item : {8, 9}) CHECK(VerdictAfter(item, Nothing) == Verdict::NotApplicable);
  CHECK(VerdictAfter(7, Nothing) == Verdict::NeedsPerson);  // somebody has to record a run
  CHECK(VerdictAfter(11, Nothing) == Verdict::NeedsPerson);
}

TEST_CASE("what is not known proves nothing") {
  const auto maybe_root = [](Server&, FakeView& view) { view.root = Maybe(kAllRights); };
  CHECK(VerdictAfter(1, maybe_root) == Verdict::NotProven);
  CHECK(VerdictAfter(12, maybe_root) == Verdict::NotProven);

  const auto maybe_ssh = [](Server&, FakeView& view) {
    view.host["/home/user/.ssh"] = Maybe(Right::Read);
  };
  CHECK(VerdictAfter(2, maybe_ssh) == Verdict::NotProven);
  CHECK(VerdictAfter(1, maybe_ssh) == Verdict::Pass);

  const auto maybe_agent = [](Server& server, FakeView&) {
    server.launches[0].grant.egress.delegated.push_back(
        {"ssh-agent", "/run/user/1000/agent", Answer::Unknown, {}});
  };
  CHECK(VerdictAfter(2, maybe_agent) == Verdict::NotProven);
  CHECK(VerdictAfter(4, maybe_agent) == Verdict::NotProven);

  const auto maybe_temp = [](Server&, FakeView& view) { view.host["/tmp"] = Maybe(Right::Write); };
  CHECK(VerdictAfter(3, maybe_temp) == Verdict::NotProven);

  const auto network = [](Server& server, FakeView&) {
    server.launches[0].grant.egress.mode = NetworkMode::Unknown;
  };
  for (const int item : {4, 5, 6}) CHECK(VerdictAfter(item, network) == Verdict::NotProven);

  const auto variables = [](Server& server, FakeView&) {
    server.launches[0].grant.environment.own.others = Presence::Unknown;
  };
  CHECK(VerdictAfter(10, variables) == Verdict::NotProven);
}

TEST_CASE("a word that is not modelled takes the proof from its facets only") {
  const auto path_word = [](Server& server, FakeView&) {
    server.launches[0].notes.push_back(Unknown(Facet::Paths));
  };
  for (const int item : {1, 2, 3, 12}) CHECK(VerdictAfter(item, path_word) == Verdict::NotProven);
  for (const int item : {4, 6, 10}) CHECK(VerdictAfter(item, path_word) == Verdict::Pass);
  const auto egress_word = [](Server& server, FakeView&) {
    server.launches[0].notes.push_back(Unknown(Facet::Egress));
  };
  for (const int item : {4, 5, 6}) CHECK(VerdictAfter(item, egress_word) == Verdict::NotProven);
  CHECK(VerdictAfter(2, egress_word) == Verdict::Pass);
}

TEST_CASE("a recorded run proves what it can") {
  const auto with = [](auto change) {
    return [change](Server& server, FakeView&) {
      ServerTrace trace;
      trace.seen.calls = 9;
      trace.files = {{"traces/x", 20}};
      trace.deciding = {{".mcp.json", 10}};
      change(trace);
      server.trace = trace;
    };
  };
  CHECK(VerdictAfter(7, with([](ServerTrace&) {})) == Verdict::Pass);
  const auto gap = [](ServerTrace& trace) { trace.seen.gaps = {"it saw one thread only"}; };
  CHECK(VerdictAfter(7, with(gap)) == Verdict::NotProven);
  const auto undated = [](ServerTrace& trace) { trace.deciding[0].changed.reset(); };
  CHECK(VerdictAfter(7, with(undated)) == Verdict::NotProven);
  const auto unusable = [](ServerTrace& trace) { trace.problem = "there is no such file"; };
  CHECK(VerdictAfter(7, with(unusable)) == Verdict::NotProven);
}

TEST_CASE("the worst launch counts") {
  const auto second = [](Server& server, FakeView&) {
    Launch other = server.launches[0];
    other.grant.egress.mode = NetworkMode::Unknown;
    server.launches.push_back(other);
  };
  CHECK(VerdictAfter(4, second) == Verdict::NotProven);
}

TEST_CASE("a secret that the documentation asks for needs a person") {
  const auto documented = [](Server& server, FakeView& view) {
    view.host["/home/user/.npmrc"] = Allow(Right::Read);
    server.need.paths.push_back({"~/.npmrc", false});
  };
  CHECK(VerdictAfter(2, documented) == Verdict::NeedsPerson);
}

TEST_CASE("a token by reference needs a person") {
  const auto token = [](Server& server, FakeView&) {
    server.launches[0].grant.environment.own.known["GITHUB_TOKEN"].presence = Presence::Set;
  };
  CHECK(VerdictAfter(10, token) == Verdict::NeedsPerson);
}

TEST_CASE("a container that stays keeps its temp files") {
  const auto container = [](Server& server, FakeView&) {
    server.launches[0].layers[0].kind = LayerKind::Container;
    server.launches[0].layers[0].container.emplace();
  };
  CHECK(VerdictAfter(3, container) == Verdict::NotProven);
  const auto removed = [](Server& server, FakeView&) {
    server.launches[0].layers[0].kind = LayerKind::Container;
    server.launches[0].layers[0].container.emplace().rm = Word{};
  };
  CHECK(VerdictAfter(3, removed) == Verdict::Pass);
}

TEST_CASE("items about a class ask only that class") {
  const auto of = [](ServerClass kind) {
    return [kind](Server& server, FakeView&) {
      server.need = {};
      server.need.server_class = kind;
      server.launches[0].grant.egress.mode = NetworkMode::Private;
    };
  };
  CHECK(VerdictAfter(6, of(ServerClass::Vcs)) == Verdict::NotApplicable);
  CHECK(VerdictAfter(6, of(ServerClass::Unknown)) == Verdict::NeedsPerson);
  CHECK(VerdictAfter(8, of(ServerClass::Browser)) == Verdict::NotProven);
  CHECK(VerdictAfter(8, of(ServerClass::Unknown)) == Verdict::NeedsPerson);
  CHECK(VerdictAfter(9, of(ServerClass::Shell)) == Verdict::NotProven);
  CHECK(VerdictAfter(9, of(ServerClass::Vcs)) == Verdict::NotApplicable);
}

TEST_CASE("a finding fails its items, a note or a guess does not") {
  FakeWorkspace fake;
  std::shared_ptr<FakeView> view;
  const Server& server = fake.AddTight("files", view);
  Finding finding;
  finding.rule = "secret-directory-visible";
  finding.severity = Severity::Warning;
  finding.server_index = 0;
  const auto verdict = [&](std::size_t item) {
    return JudgeServer(server, fake.workspace, {finding})[item].verdict;
  };
  CHECK(verdict(2) == Verdict::Fail);
  CHECK(verdict(1) == Verdict::Pass);
  finding.items = {1, 4};
  CHECK(verdict(1) == Verdict::Fail);
  CHECK(verdict(2) == Verdict::Pass);
  finding.confidence = Confidence::Low;
  CHECK(verdict(1) == Verdict::Pass);
  finding.confidence = Confidence::High;
  finding.severity = Severity::Note;
  CHECK(verdict(1) == Verdict::Pass);
  finding.severity = Severity::Error;
  finding.server_index = -1;
  CHECK(verdict(1) == Verdict::Pass);
}

TEST_CASE("a remote server has no process here") {
  FakeWorkspace fake;
  std::shared_ptr<FakeView> view;
  Server& server = fake.AddTight("web", view);
  server.decl.transport = Transport::Http;
  server.launches.clear();
  const Checklist list = JudgeServer(server, fake.workspace, {});
  for (const std::size_t item : {1U, 2U, 3U, 4U, 6U, 7U, 8U, 9U}) {
    CHECK(list[item].verdict == Verdict::NotApplicable);
  }
  CHECK(list[10].verdict == Verdict::NeedsPerson);
}

TEST_CASE("an entry that does not load proves nothing") {
  FakeWorkspace fake;
  std::shared_ptr<FakeView> view;
  Server& server = fake.AddTight("web", view);
  server.decl.loads = false;
  server.decl.why_not = "url without type";
  const Checklist list = JudgeServer(server, fake.workspace, {});
  CHECK(list[1].verdict == Verdict::NotProven);
  CHECK(list[1].reason == "url without type");
}

TEST_CASE("the repository has the worst verdict of its servers") {
  FakeWorkspace fake;
  fake.workspace.servers.reserve(4);
  std::shared_ptr<FakeView> first, second;
  fake.AddTight("a", first);
  Server& b = fake.AddTight("b", second);
  CHECK(JudgeRepository(fake.workspace, {})[4].verdict == Verdict::Pass);
  b.launches[0].grant.egress.mode = NetworkMode::Unknown;
  const Checklist list = JudgeRepository(fake.workspace, {});
  CHECK(list[4].verdict == Verdict::NotProven);
  CHECK(list[4].reason.find("'b'") != std::string::npos);
  CHECK(list[1].verdict == Verdict::Pass);
}

TEST_CASE("a file that was not read leaves nothing proven for the repository") {
  FakeWorkspace fake;
  std::shared_ptr<FakeView> view;
  fake.AddTight("a", view);
  fake.workspace.files.push_back({"sub/.mcp.json", "claude-mcp", FileStatus::Unreadable, "x", {}});
  const Checklist list = JudgeRepository(fake.workspace, {});
  CHECK(list[1].verdict == Verdict::NotProven);
  CHECK(list[1].reason.find("sub/.mcp.json") != std::string::npos);
}

TEST_CASE("a repository without servers proves nothing and fails nothing") {
  const Workspace workspace;
  const Checklist list = JudgeRepository(workspace, {});
  for (std::size_t item = 1; item < list.size(); ++item) {
    CHECK(list[item].verdict != Verdict::Pass);
    CHECK(list[item].verdict != Verdict::Fail);
  }
}

}  // namespace sandlint
