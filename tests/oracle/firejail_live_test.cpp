// Generated profiles, run by the real firejail with a probe in a throw-away home, and asked of the
// evaluator: path by path, socket by socket, variable by variable.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "catch.h"
#include "firejail_generator.h"
#include "firejail_world.h"
#include "paths.h"
#include "scanner/files/host.h"
#include "scanner/grant/grant.h"
#include "scanner/grant/remembered_paths.h"
#include "scanner/grant/view.h"
#include "scanner/peel/peel.h"

namespace sandlint {
namespace {

using Json = nlohmann::json;

struct Question {
  std::string what;
  Answer answer;
  bool real;
};

struct Live {
  int cases = 0, started = 0, questions = 0, yes = 0, no = 0, unknown = 0;
  int unsound = 0, false_yes = 0, wrong_start = 0, deleted = 0, deleted_changes = 0;
  std::map<std::string, int> directives;
  std::string text;

  void Say(const FirejailCase& one, const std::string& line) {
    if (text.size() < 20'000) text += line + "\n  " + one.Text() + '\n';
  }
  void Add(const FirejailCase& one, const Question& question) {
    ++questions;
    ++(question.real ? yes : no);
    if (question.answer == Answer::Unknown) ++unknown;
    if (question.real && question.answer == Answer::No) {
      ++unsound;
      Say(one, "UNSOUND " + question.what);
    }
    if (!question.real && question.answer == Answer::Yes) {
      ++false_yes;
      Say(one, "false yes " + question.what);
    }
  }
  Json Report() const {
    return {{"cases", cases},
            {"started", started},
            {"questions", questions},
            {"yes", yes},
            {"no", no},
            {"unknown", unknown},
            {"unsound", unsound},
            {"false_yes", false_yes},
            {"wrong_start", wrong_start},
            {"deleted", deleted},
            {"deleted_changes", deleted_changes},
            {"directives", directives},
            {"text", text}};
  }
};

struct Evaluated {
  Workspace workspace;
  std::shared_ptr<const HostFacts> host;
  std::vector<Setting> environment;
  Launch launch;
  const View* view = nullptr;
};

Word WordOf(const std::string& text, int index) {
  Word word;
  word.text = text;
  word.argv_index = index;
  return word;
}

std::unique_ptr<Evaluated> Evaluate(const FirejailCase& one) {
  auto all = std::make_unique<Evaluated>();
  all->host = MakeLiveHost({"fjuser", "/etc/passwd", "", one.directory});
  std::vector<Word> argv{WordOf("firejail", 0)};
  for (const std::string& word : one.words)
    argv.push_back(WordOf(word, static_cast<int>(argv.size())));
  argv.push_back(WordOf("/usr/local/bin/fjprobe", static_cast<int>(argv.size())));
  PeelContext context;
  context.host = all->host.get();
  context.workspace = &all->workspace;
  std::vector<Launch> launches = PeelLaunches(std::move(argv), context);
  for (const std::string& pair : FirejailWorld::Environment()) {
    const auto split = SplitAssignment(WordOf(pair, -1));
    all->environment.push_back({split->key, split->value});
  }
  ClientSide client;
  client.host = all->host.get();
  client.environment = &all->environment;
  all->launch = std::move(launches.front());
  EvaluateGrant(all->launch, nullptr, client);
  all->view = ViewBehind(*all->launch.grant.paths);
  return all;
}

/// What the evaluator says of the node alone, as the probe asked for it.
Rights OwnRights(const View& view, const std::string& path) {
  const auto real = view.Realpath(path, &view.Caller());
  const auto object = real ? view.Lstat(*real) : std::nullopt;
  if (!object) return {};
  const Rights rights = RightsOf(*object, view.Caller());
  return object->kind == NodeKind::Socket ? rights & view.Inside(path).rights : rights;
}

Answer AnswerOf(const View& view, const std::string& path, Right right) {
  const PathAnswer answer = view.Inside(path);
  if (answer.possible == kAllRights && !view.doubts.empty()) return Answer::Unknown;
  return OwnRights(view, path).Has(right) ? Answer::Yes : Answer::No;
}

void Compare(const FirejailCase& one, const Evaluated& all, const ProbeRun& run, Live& live) {
  const View& view = *all.view;
  std::map<std::string, bool> shown;  // host files whose text was read
  for (const auto& [path, probed] : run.paths) {
    live.Add(one, {"read " + path, AnswerOf(view, path, Right::Read), probed.read});
    live.Add(one, {"write " + path, AnswerOf(view, path, Right::Write), probed.write});
    // A question about a folder is about all that is in it: at least the folder itself.
    if (probed.read && view.Inside(path).Has(Right::Read) == Answer::No) {
      live.Add(one, {"inside " + path, Answer::No, true});
    }
    if (!probed.content.empty()) shown[probed.content] = true;
  }
  for (const std::string& path : FirejailWorld::Paths()) {
    const auto node = all.host->Lstat(path);
    if (!node || node->kind != NodeKind::File || !path.starts_with("/home/fjuser/")) continue;
    std::error_code error;
    if (std::filesystem::canonical(path, error) != path) continue;  // a name, not the file itself
    const PathAnswer answer = view.OfHost(path);
    live.Add(one, {"host read " + path, answer.Has(Right::Read), shown.contains(path)});
    live.Add(one, {"host write " + path, answer.Has(Right::Write), run.written.contains(path)});
  }
  live.Add(one, {"abstract socket",
                 all.launch.grant.egress.reaches_abstract_sockets ? Answer::Yes : Answer::No,
                 run.abstract});
  live.Add(one,
           {"tcp", all.launch.grant.egress.mode == NetworkMode::None ? Answer::No : Answer::Yes,
            run.tcp});
  for (const char* name : {"AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "LD_LIBRARY_PATH", "TMPDIR",
                           "FOO", "container", "DISPLAY"}) {
    live.Add(one, {std::string("variable ") + name, all.launch.grant.environment.Ask(name).answer,
                   run.variables.contains(name)});
  }
}

/// A word that decides a "no" is one without which the answer differs.
void DeleteDeciding(const FirejailCase& one, const Evaluated& all, FirejailWorld& world,
                    Live& live) {
  for (const char* name : {"/.ssh/id_rsa", "/x/f", "/project/.env"}) {
    const std::string path = FirejailWorld::Home() + name;
    const PathAnswer answer = all.view->OfHost(path);
    if (answer.Has(Right::Read) != Answer::No || answer.because.empty()) continue;
    const std::string word = answer.because.front().text;
    if (word.starts_with("firejail") || word.empty()) continue;
    FirejailCase less = one;
    int places = 0;
    for (auto& [file, text] : less.files) {
      for (std::size_t at = 0; (at = text.find(word + '\n', at)) != text.npos; ++places) {
        text.erase(at, word.size());
      }
    }
    if (places != 1) continue;  // an option, or a line that stands more than once
    world.Reset(less.files);
    const auto after = Evaluate(less);
    ++live.deleted;
    const PathAnswer now = after->view->OfHost(path);
    const bool other = now.because.empty() || now.because.front().text != word;
    if (now.Has(Right::Read) != Answer::No || other) ++live.deleted_changes;
    return;
  }
}

Json RunAll(FirejailWorld& world, int count, unsigned seed) {
  Live live;
  FirejailGenerator generator(seed);
  for (int index = 0; index < count; ++index) {
    const FirejailCase one = generator.Next();
    world.Reset(one.files);
    const auto all = Evaluate(one);
    const ProbeRun run = world.Run(one.words, one.directory);
    ++live.cases;
    for (const std::string& line : one.lines) {
      ++live.directives[line.substr(0, line.find_first_of(" \t"))];
    }
    if (run.started != (all->launch.starts != Answer::No)) {
      ++live.wrong_start;
      live.Say(
          one,
          fmt::format("starts {}, answered {} ({}): {}", run.started, NameOf(all->launch.starts),
                      all->launch.start_problems.empty() ? "" : all->launch.start_problems[0].text,
                      run.said.substr(0, 600)));
    }
    if (!run.started) continue;
    ++live.started;
    Compare(one, *all, run, live);
    if (index % 10 == 0) DeleteDeciding(one, *all, world, live);
  }
  return live.Report();
}

bool Missing(const std::string& why) {
  if (std::getenv("SANDLINT_REQUIRE_ORACLES") != nullptr) FAIL(why);
  WARN("skipped: " << why);
  return true;
}

/// The world lives in a process of its own: its namespaces end with it.
Json InChild(int count, unsigned seed) {
  const std::string probe = std::string(kBuildDir) + "/firejail_probe";
  const std::string compile =
      "cc -O1 -static -o '" + probe + "' '" + kSourceDir + "/tests/oracle/firejail_probe.c'";
  if (std::system(compile.c_str()) != 0) return {{"problem", "the probe cannot be compiled"}};
  int ends[2];
  if (pipe(ends) != 0) return {{"problem", "no pipe"}};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    FirejailWorld world;
    std::string problem;
    Json report;
    if (world.Enter(probe, problem)) {
      report = RunAll(world, count, seed);
    } else {
      report = {{"problem", problem}};
    }
    const std::string text = report.dump(-1, ' ', false, Json::error_handler_t::replace);
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t sent = write(ends[1], text.data() + at, text.size() - at);
      if (sent <= 0) break;
      at += static_cast<std::size_t>(sent);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  const Json report = Json::parse(text, nullptr, false);
  return report.is_discarded() ? Json{{"problem", "the run ended early"}} : report;
}

int NumberOf(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

}  // namespace

TEST_CASE("firejail: generated profiles, as the real program shows them") {
  if (!std::filesystem::exists("/usr/bin/firejail") ||
      !std::filesystem::exists("/etc/firejail/disable-programs.inc")) {
    if (Missing("firejail or its profiles are not installed")) return;
  }
  const int count = NumberOf("SANDLINT_FIREJAIL_CASES", 500);
  const Json report = InChild(count, static_cast<unsigned>(NumberOf("SANDLINT_FIREJAIL_SEED", 1)));
  if (report.contains("problem")) {
    if (Missing(report["problem"])) return;
  }
  const std::string text = report["text"];
  Json figures = report;
  figures.erase("text");
  WARN(figures.dump() << "\n" << text);
  const int questions = report["questions"];
  CHECK(report["cases"] == count);
  CHECK(report["unsound"] == 0);
  CHECK(report["false_yes"].get<int>() * 100 < questions * 3);
  CHECK(report["unknown"].get<int>() * 100 <= questions * 3);
  CHECK(report["wrong_start"].get<int>() * 100 <= count * 3);
  CHECK(report["started"].get<int>() * 100 >= count * 60);
  if (count < 300) return;
  CHECK(report["yes"].get<int>() * 100 >= questions * 40);
  CHECK(report["no"].get<int>() * 100 >= questions * 40);
  CHECK(report["deleted"].get<int>() > 0);
  CHECK(report["deleted_changes"] == report["deleted"]);
  for (const char* name : {"blacklist", "noblacklist", "whitelist", "nowhitelist", "read-only",
                           "read-write", "tmpfs", "noexec", "private", "include", "net", "env"}) {
    INFO(name);
    CHECK(report["directives"].value(name, 0) * 100 >= count);
  }
}

}  // namespace sandlint
