// Generated settings given to the real srt: what a probe finds behind it, and what sandlint says.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <sstream>

#include "catch.h"
#include "oracle/srt_stage.h"
#include "scanner/files/host.h"
#include "scanner/scan.h"
#include "tests/grant/evaluate.h"

namespace sandlint::oracle {
namespace {

using Random = std::mt19937;
using Strings = std::vector<std::string>;

std::size_t Below(Random& random, std::size_t limit) { return random() % limit; }

std::string Pick(Random& random, const Strings& from) { return from[Below(random, from.size())]; }

const Strings kPaths = {"~/.ssh",
                        "~/.ssh/id_rsa",
                        "~/.aws",
                        "~/.config",
                        "~/.config/gh/hosts.yml",
                        "~/.claude",
                        "~/.npm",
                        "~/.netrc",
                        "~/.bashrc",
                        "~/project",
                        "~/project/src",
                        "~/project/.env",
                        "~/project/.git",
                        "~/project/.git/hooks",
                        "~/project/1",
                        "~/project/1/2",
                        "~/work",
                        "~/work/secret",
                        "~/work/secret/deep",
                        "~/work/secret/k",
                        "~/locked",
                        "~/locked/k",
                        "~/to-ssh",
                        "~/project/to-aws",
                        "~/work/to-netrc",
                        "~/dangling",
                        "~/missing",
                        "~/work/missing",
                        "~/work/missing/deep",
                        "~/not-mine",
                        "~/agent.sock",
                        "~",
                        "/home",
                        "/",
                        "/tmp",
                        ".",
                        "./src",
                        "..",
                        ".env",
                        "missing",
                        "/etc",
                        "/usr",
                        "/home/sam/work",
                        "//home//sam/./work",
                        "~/project/1/2/3"};
const Strings kGlobs = {
    "~/.ssh/id_*",          "**/.env",  "~/work/**/k",        "~/work/*",         "~/*/secret",
    "~/project/**/.bashrc", "~/.[as]*", "~/work/secret/**/k", "~/project/*/.env", "./**/*.c"};

/// A list of paths in several spellings.
std::string List(Random& random, std::size_t most, std::size_t globs) {
  std::string text;
  for (std::size_t left = Below(random, most + 1); left > 0; --left) {
    std::string path = Below(random, 100) < globs ? Pick(random, kGlobs) : Pick(random, kPaths);
    const std::size_t tail = Below(random, 12);
    const bool glob = path.find_first_of("*[") != std::string::npos;
    if (tail == 0 && !glob) path += "/";
    if (tail == 1) path += "/**";
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ",", path);
  }
  return text;
}

std::string Settings(Random& random) {
  const Strings domains = {"", "\"127.0.0.1\"", "\"127.0.0.1:18099\"", "\"api.example.com\"",
                           "\"127.0.0.1:18098\",\"*.example.org\""};
  std::string text = fmt::format(
      "{{\"network\":{{\"allowedDomains\":[{}],\"deniedDomains\":[{}]{}}},", Pick(random, domains),
      Pick(random, {"", "", "\"127.0.0.1:18099\"", "\"*:18098\""}),
      Below(random, 5) == 0 ? ",\"allowAllUnixSockets\":true" : "");
  text += fmt::format(
      "\"filesystem\":{{\"denyRead\":[{}],\"allowRead\":[{}],\"allowWrite\":[{}],\"denyWrite\":[{}"
      "]",
      List(random, 4, 20), List(random, 2, 10), List(random, 3, 10), List(random, 3, 10));
  if (Below(random, 20) == 0) text += ",\"disabled\":true";
  if (Below(random, 6) == 0) text += ",\"allowGitConfig\":true";
  text += "}";
  if (Below(random, 3) == 0) {
    text += ",\"credentials\":{\"envVars\":[{\"name\":\"PROBE_A\",\"mode\":\"deny\"}]}";
  }
  if (Below(random, 12) == 0) text += ",\"enableWeakerNestedSandbox\":true";
  return text + "}";
}

/// The largest rights of a path and all that is below it.
int RightsBelow(const std::map<std::string, int>& rights, const std::string& path) {
  int all = 0;
  for (const auto& [at, some] : rights) {
    if (at == path || at.starts_with(path + "/")) all |= some;
  }
  return all;
}

class Comparison {
 public:
  void Take(const std::string& what, Answer said, bool real) {
    ++asked_;
    if (said == Answer::Unknown) ++unknown_;
    if (said == Answer::No && real) text_ += fmt::format("unsound {}\n", what);
    if (said == Answer::Yes && !real) text_ += fmt::format("false {}\n", what);
  }
  void Say(const std::string& line) { text_ += line + "\n"; }
  std::string Text() const { return text_ + fmt::format("asked {} {}\n", asked_, unknown_); }

 private:
  std::string text_;
  int asked_ = 0;
  int unknown_ = 0;
};

const std::vector<Setting> kEnvironment = {{{"PROBE_A", {}, {}, -1}, {"secret1", {}, {}, -1}},
                                           {{"PROBE_B", {}, {}, -1}, {"secret2", {}, {}, -1}}};

/// What the probe found, beside what was said of the launch.
std::string Compare(const Launch& launch, const SrtRun& run,
                    const std::map<std::string, NodeId>& nodes) {
  const SrtReport real = RunSrt(run, nodes);
  Comparison comparison;
  if (!real.started) {
    comparison.Say(launch.starts == Answer::Yes ? "late " + real.errors.substr(0, 200) : "stopped");
    return comparison.Text();
  }
  if (launch.starts == Answer::No) comparison.Say("early " + launch.start_problems.front().text);
  for (const auto& [path, id] : nodes) {
    if (!path.starts_with(kSrtHome) && path != "/etc/passwd") continue;
    const PathAnswer answer = launch.grant.paths->OfHost(path);
    const int rights = RightsBelow(real.rights, path);
    for (const auto& [right, bit] :
         {std::pair{Right::Read, 1}, {Right::Write, 2}, {Right::Connect, 8}}) {
      comparison.Take(fmt::format("{} {}", NameOf(right), path), answer.Has(right),
                      (rights & bit) != 0);
    }
  }
  const auto has = [](const Strings& list, const std::string& one) {
    return std::ranges::find(list, one) != list.end();
  };
  for (const std::string& target : run.targets) {
    const std::uint32_t port = static_cast<std::uint32_t>(std::stoi(target.substr(10)));
    comparison.Take("tcp " + target, launch.grant.egress.Ask({"tcp", "127.0.0.1", port}).answer,
                    has(real.connected, target));
  }
  for (const char* name : {"PROBE_A", "PROBE_B"}) {
    comparison.Take(std::string("variable ") + name, launch.grant.environment.Ask(name).answer,
                    has(real.own, name) || has(real.proc, name));
  }
  return comparison.Text();
}

SrtRun RunIn(std::string directory) {
  SrtRun run;
  run.directory = std::move(directory);
  run.environment = {"HOME=/home/sam", "PATH=/usr/bin:/bin", "PROBE_A=secret1", "PROBE_B=secret2"};
  run.targets = {"127.0.0.1:18099", "127.0.0.1:18098"};
  return run;
}

std::shared_ptr<const HostFacts> HostOf(const SrtRun& run) {
  return MakeLiveHost({"sam", "/home/.passwd", kSrtHome, run.directory});
}

std::string RunCase(unsigned number) {
  Random random(number);
  const std::string settings = Settings(random);
  SrtRun run = RunIn(
      Pick(random, {"/home/sam/project", "/home/sam/project", "/home/sam", "/home/sam/work"}));
  run.settings = settings;
  const std::map<std::string, NodeId> nodes = SrtNodes();
  std::ofstream("/home/sam/settings.json") << run.settings;
  const auto said = Evaluate({"srt", "-s", "/home/sam/settings.json", "--", "/media/probe"}, {},
                             HostOf(run), kSrtHome, &kEnvironment);
  return Compare(said->launch, run, nodes);
}

/// An entry of VS Code, and the settings that VS Code makes of it.
struct CodeCase {
  std::string entry;
  std::string settings;
};
CodeCase CodeCaseOf(Random& random) {
  const std::string deny_read = List(random, 4, 20), allow_write = List(random, 3, 10),
                    deny_write = List(random, 3, 10);
  const std::string allowed =
      Pick(random, {"", "\"127.0.0.1\"", "\"127.0.0.1:18099\"", "\"api.example.com\""});
  const std::string denied = Pick(random, {"", "", "\"127.0.0.1:18099\"", "\"*:18098\""});
  const auto more = [](const std::string& list) { return list.empty() ? "" : "," + list; };
  CodeCase made;
  made.entry = fmt::format(
      "{{\"servers\": {{\"a\": {{\"command\": \"/media/probe\", \"sandboxEnabled\": true, "
      "\"sandbox\": {{\"filesystem\": {{\"denyRead\": [{}], \"allowWrite\": [{}], "
      "\"denyWrite\": [{}], \"allowRead\": [\"~\"]}}, \"network\": {{\"allowedDomains\": [{}], "
      "\"deniedDomains\": [{}], \"allowAllUnixSockets\": true}}}}}}}}}}",
      deny_read, allow_write, deny_write, allowed, denied);
  made.settings = fmt::format(
      "{{\"network\":{{\"allowedDomains\":[\"npm.example.com\"{}],\"deniedDomains\":[{}]}},"
      "\"filesystem\":{{\"denyRead\":[{}],\"allowWrite\":[\"~/"
      ".npm\",\".\"{}],\"denyWrite\":[{}]}}}}",
      more(allowed), denied, deny_read, more(allow_write), deny_write);
  return made;
}

/// The entry in a workspace of VS Code, and srt started as VS Code starts it.
std::string RunCodeCase(unsigned number) {
  Random random(number);
  const CodeCase made = CodeCaseOf(random);
  SrtRun run = RunIn(Pick(random, {"/home/sam/project", "/home/sam", "/home/sam/work"}));
  run.settings = made.settings;
  run.dashes = false;
  const std::map<std::string, NodeId> nodes = SrtNodes();
  const auto files = MakeMemoryReader({{".vscode/mcp.json", made.entry}});
  const Workspace workspace = Scan(*files, {{}, HostOf(run), &kEnvironment});
  if (workspace.servers.empty() || workspace.servers.front().launches.empty()) return "late none\n";
  return Compare(workspace.servers.front().launches.front(), run, nodes);
}

std::string NumberOf(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

void RunCases(std::string (*one)(unsigned)) {
  if (const std::string missing = SrtIsMissing(); !missing.empty()) {
    if (NumberOf("SANDLINT_REQUIRE_ORACLES", "") == "1") FAIL(missing);
    WARN("skipped: " << missing);
    return;
  }
  const unsigned cases = static_cast<unsigned>(std::stoul(NumberOf("SANDLINT_SRT_CASES", "100")));
  const unsigned first = static_cast<unsigned>(std::stoul(NumberOf("SANDLINT_SRT_SEED", "1")));
  int asked = 0, unknown = 0, wrong = 0, started = 0;
  for (unsigned number = first; number < first + cases; ++number) {
    const std::string text = InSrtHome([&] { return one(number); });
    INFO("case " << number << "\n" << text);
    std::istringstream lines(text);
    bool complete = false;
    for (std::string line; std::getline(lines, line);) {
      CHECK_FALSE(line.starts_with("unsound"));
      CHECK_FALSE(line.starts_with("late"));
      CHECK_FALSE(line.starts_with("early"));
      wrong += line.starts_with("false") ? 1 : 0;
      int some = 0, open = 0;
      if (std::sscanf(line.c_str(), "asked %d %d", &some, &open) != 2) continue;
      complete = true;
      asked += some;
      unknown += open;
      started += some > 0 ? 1 : 0;
    }
    CHECK(complete);
    if (const char* show = std::getenv("SANDLINT_SRT_SHOW"); show != nullptr) {
      Random random(number);
      WARN("case " << number << " " << Settings(random) << "\n" << text);
    }
  }
  WARN(fmt::format("{} of {} started; {} questions, {} unknown, {} false yes", started, cases,
                   asked, unknown, wrong));
  CHECK(started * 2 > static_cast<int>(cases));
  CHECK(unknown * 100 <= asked * 3);
  CHECK(wrong * 100 < asked * 3);
}

TEST_CASE("generated settings of srt run as sandlint says") { RunCases(RunCase); }

TEST_CASE("generated sandboxes of VS Code run as sandlint says") { RunCases(RunCodeCase); }

}  // namespace
}  // namespace sandlint::oracle
