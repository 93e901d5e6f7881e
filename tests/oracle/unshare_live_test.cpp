// unshare, chroot, ip netns and nsenter, run for real on the stage with a probe behind them, as an
// ordinary user and as root, and compared with the evaluator path by path.

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "catch.h"
#include "oracle/bwrap_case.h"
#include "oracle/bwrap_operands.h"

namespace sandlint::oracle {
namespace {

/// `PROBE` is the probe, `PROBE@/x` one that lies below /x and is started as /.probe there.
const std::vector<Strings> kLines = {
    {"unshare", "-r", "PROBE"},
    {"unshare", "-U", "PROBE"},
    {"unshare", "-c", "PROBE"},
    {"unshare", "-c", "--keep-caps", "PROBE"},
    {"unshare", "--map-user=77", "PROBE"},
    {"unshare", "--map-user=0", "PROBE"},
    {"unshare", "-rn", "PROBE"},
    {"unshare", "-rnm", "--", "PROBE"},
    {"unshare", "--map-root-user", "--net", "--mount", "PROBE"},
    {"unshare", "-n", "PROBE"},
    {"unshare", "-m", "PROBE"},
    {"unshare", "-iu", "PROBE"},
    {"unshare", "-p", "-f", "PROBE"},
    {"unshare", "-rpf", "PROBE"},
    {"unshare", "-p", "PROBE"},
    {"unshare", "-rpf", "--mount-proc", "PROBE"},
    {"unshare", "-pf", "--mount-proc", "PROBE"},
    {"unshare", "-r", "--mount-proc", "PROBE"},
    {"unshare", "-p", "--kill-child", "--mount-proc=/proc", "PROBE"},
    {"unshare", "-r", "-R", "/srv/sb", "PROBE@/srv/sb"},
    {"unshare", "--root=/srv/sb", "PROBE@/srv/sb"},
    {"unshare", "-c", "-R", "/srv/sb", "PROBE@/srv/sb"},
    {"unshare", "-c", "-R", "/home/sam", "-w", "/project", "PROBE@/home/sam"},
    {"unshare", "-c", "-R", "/opt/home", "PROBE@/home/sam"},
    {"unshare", "-c", "-R", "sb", "PROBE@/srv/sb"},
    {"unshare", "-c", "-R", "/nope", "PROBE@/srv/sb"},
    {"unshare", "-S", "1234", "-G", "1234", "PROBE"},
    {"unshare", "-rn", "env", "-i", "A=1", "PROBE"},
    {"unshare", "-n", "setpriv", "--reuid", "1234", "--regid", "1234", "--init-groups", "PROBE"},
    {"unshare", "-T", "-C", "-r", "PROBE"},
    {"unshare", "-rm", "unshare", "-n", "PROBE"},
    {"unshare", "-c", "chroot", "/srv/sb", "PROBE@/srv/sb"},
    {"unshare", "-r", "chroot", "/srv/sb", "PROBE@/srv/sb"},
    {"chroot", "/", "PROBE"},
    {"chroot", "/srv/sb", "PROBE@/srv/sb"},
    {"chroot", "--userspec=1234:1234", "/srv/sb", "PROBE@/srv/sb"},
    {"chroot", "--userspec=sam", "/", "PROBE"},
    {"chroot", "--userspec=sam:", "/home/sam", "PROBE@/home/sam"},
    {"chroot", "--userspec", "1234:1234", "--groups=", "/home", "PROBE@/home"},
    {"chroot", "--userspec=1300:1300", "/home", "PROBE@/home"},
    {"chroot", "--userspec=1234:1234", "--groups=1500", "/srv", "PROBE@/srv"},
    {"chroot", "--userspec=1234", "--skip-chdir", "/", "PROBE"},
    {"chroot", "--userspec=1234:1234", "../srv/sb", "PROBE@/srv/sb"},
    {"chroot", "--userspec=1234:1234", "/nope", "PROBE"},
    {"ip", "netns", "exec", "box", "PROBE"},
    {"ip", "net", "e", "box", "PROBE"},
    {"ip", "-n", "box", "netns", "exec", "box", "PROBE"},
    {"ip", "-all", "netns", "exec", "PROBE"},
    {"ip", "netns", "exec", "box", "setpriv", "--reuid=1234", "--regid=1234", "--init-groups",
     "PROBE"},
    {"ip", "netns", "exec", "box", "chroot", "--userspec=1234:1234", "/srv/sb", "PROBE@/srv/sb"},
    {"nsenter", "--net=/run/netns/box", "PROBE"},
    {"nsenter", "-t", "1", "-n", "PROBE"},
    {"nsenter", "-t", "1", "-a", "PROBE"},
    {"nsenter", "-t", "1", "-m", "-u", "PROBE"},
    {"nsenter", "--net=/run/netns/box", "-S", "1234", "PROBE"},
};

const Strings kFolders = {"/srv/sb", "/home/sam", "/home", "/srv"};
const Strings kEnvironment = {"AWS_SECRET_ACCESS_KEY=a", "GITHUB_TOKEN=g", "HOME=/home/sam",
                              "PATH=/usr/sbin:/usr/bin:/bin"};

struct Case {
  Strings words;
  bool by_root = false;
};

Strings ArgvOf(const Case& one) {
  Strings argv;
  for (const std::string& word : one.words) {
    argv.push_back(word.starts_with("PROBE") ? kStageProbe : word);
  }
  argv.front() = FindProgram(argv.front());
  return argv;
}

StageFiles FilesOf() {
  Strings programs;
  for (const char* name : {"unshare", "chroot", "ip", "nsenter", "env", "setpriv"}) {
    programs.push_back(FindProgram(name));
  }
  StageFiles files = ReadPrograms(programs);
  if (files.empty()) return files;
  files[kStageProbe] = BwrapFiles()[kStageProbe];
  for (const std::string& folder : kFolders) files[folder + kStageProbe] = files[kStageProbe];
  return files;
}

Questions QuestionsOfStage() {
  Questions questions{StagePaths(), {}, {"AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "A", "HOME"}};
  std::erase(questions.host_paths, "/");
  return questions;
}

Json SaidOf(const Case& one, const Questions& questions) {
  LiveOptions options;
  options.user = one.by_root ? "0" : std::to_string(kStageUser);
  options.working_directory = "/srv";
  const auto host = MakeLiveHost(std::move(options));
  Source source;
  const Launch launch = LaunchOf({ArgvOf(one), kEnvironment, "/srv"}, *host, source);
  return launch.grant.paths ? AskEvaluator(launch, questions) : Json(nullptr);
}

Json RunCase(const Case& one, const StageFiles& files) {
  std::string problem;
  if (!EnterStage(files, problem)) return {{"error", problem}};
  for (const std::string& folder : kFolders) {  // not one of those who ask
    if (chown((folder + kStageProbe).c_str(), 77, 77) != 0) return {{"error", "chown"}};
  }
  RunCommand({{FindProgram("ip"), "netns", "add", "box"}, {}, 0});
  const Questions questions = QuestionsOfStage();
  const auto objects = HostObjects();
  const Json said = SaidOf(one, questions);
  if (!said.is_object()) return {{"error", "sandlint gave no answer"}};
  Command command;
  command.argv = ArgvOf(one);
  const Strings words = ProbeWords(questions);
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.environment = kEnvironment;
  command.uid = one.by_root ? 0 : kStageUser;
  command.directory = "/srv";
  const Ending ending = RunCommand(command);
  const Json real = AnswersOf(ending.out, questions, objects);
  Json result = real.is_null() ? Json::object() : Compare(said, real, questions);
  result["said"] = said["starts"];
  result["why"] = said["problems"];
  result["real"] = real.is_null() ? "no" : "yes";
  result["err"] = ending.err.substr(0, 200);
  return result;
}

std::string TextOf(const Case& one) {
  return fmt::format("({}) {}", one.by_root ? "root" : "sam", fmt::join(one.words, " "));
}

}  // namespace

TEST_CASE("namespaces and roots of one's own grant what the evaluator says") {
  const StageFiles files = FilesOf();
  std::vector<Case> cases;
  for (const Strings& line : kLines) {
    cases.push_back({line, false});
    cases.push_back({line, true});
  }
  std::string problem = files.empty() ? "a program is missing" : "";
  Strings answers;
  if (problem.empty()) {
    answers = RunJobs(
        cases.size(), 2, 30,
        [&](std::size_t number) { return RunCase(cases[number], files).dump(); }, problem);
  }
  if (!problem.empty()) {
    if (OraclesRequired()) FAIL(problem);
    WARN("skipped: " << problem);
    return;
  }
  std::size_t started = 0, asked = 0, unknown = 0, yes = 0, no = 0, feared = 0;
  for (std::size_t at = 0; at < cases.size(); ++at) {
    const Json result = Json::parse(answers[at], nullptr, false);
    INFO(TextOf(cases[at]) << "\n" << (result.is_object() ? result.dump() : answers[at]));
    REQUIRE(result.is_object());
    CHECK_FALSE(result.contains("error"));
    if (result.contains("error")) continue;
    CHECK_FALSE((result["said"] == "no" && result["real"] == "yes"));
    // Whether another process's root holds the probe is nobody's to know.
    const bool elsewhere =
        result["err"].dump().find("failed to execute /.probe") != std::string::npos;
    CHECK_FALSE((result["said"] == "yes" && result["real"] == "no" && !elsewhere));
    if (!result.contains("asked")) continue;
    ++started;
    CHECK(result["unsound"] == Json::array());
    Json feared_here = result["false_yes"];
    // ip mounts a new /sys.
    const Json sys = Json::array({"host /sys: read is not possible"});
    if (cases[at].words[0] == "ip" && feared_here == sys) feared_here = Json::array();
    CHECK(feared_here == Json::array());
    asked += result["asked"].get<std::size_t>();
    unknown += result["unknown"].get<std::size_t>();
    yes += result["yes"].get<std::size_t>();
    no += result["no"].get<std::size_t>();
    feared += feared_here.size();
  }
  WARN("lines " << cases.size() << ", started " << started << ", answers " << asked << ": yes "
                << yes << ", no " << no << ", unknown " << unknown << ", false yes " << feared);
  CHECK(started * 2 > cases.size());
}

}  // namespace sandlint::oracle
