// The properties of a service, given to a real manager of systemd that runs as the first process of
// a pid namespace on the stage, and compared with the evaluator path by path.
// SANDLINT_SYSTEMD_UNITS and SANDLINT_SYSTEMD_SEED set how many are generated, and which;
// SANDLINT_SYSTEMD_UNIT, `NAME=VALUE;NAME=VALUE`, is the only one to run.

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "catch.h"
#include "oracle/bwrap_case.h"
#include "scanner/peel/systemd_settings.h"

namespace sandlint::oracle {
namespace {

using Random = std::mt19937;
using Properties = Strings;  ///< `Name=value`, in order

const std::vector<Properties> kUnits = {
    {},
    {"User=sam"},
    {"User=1234", "Group=1234"},
    {"DynamicUser=yes"},
    {"User=sam", "ProtectHome=yes"},
    {"User=sam", "ProtectHome=read-only"},
    {"User=sam", "ProtectHome=tmpfs"},
    {"User=sam", "ProtectHome=tmpfs", "BindPaths=/home/sam/project"},
    {"User=sam", "ProtectHome=yes", "BindPaths=/home/sam/project"},
    {"User=sam", "ProtectHome=read-only", "ReadWritePaths=/home/sam/project"},
    {"User=sam", "ProtectHome=tmpfs", "BindReadOnlyPaths=/home/sam/project:/work"},
    {"User=sam", "ProtectSystem=yes"},
    {"User=sam", "ProtectSystem=full"},
    {"User=sam", "ProtectSystem=strict"},
    {"User=sam", "ProtectSystem=strict", "ProtectHome=read-only", "ReadWritePaths=/srv/sb"},
    {"ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "CapabilityBoundingSet="},
    {"User=sam", "InaccessiblePaths=/home/sam/.ssh /home/sam/.aws /home/sam/.netrc"},
    {"User=sam", "InaccessiblePaths=/home/sam/.ssh", "ReadWritePaths=/home/sam/.ssh"},
    {"User=sam", "InaccessiblePaths=/home/sam/sshlink"},
    {"User=sam", "InaccessiblePaths=/home/sam/nope"},
    {"User=sam", "InaccessiblePaths=-/home/sam/nope"},
    {"User=sam", "InaccessiblePaths=/home/sam/.ssh", "InaccessiblePaths="},
    {"User=sam", "TemporaryFileSystem=/home", "BindPaths=/home/sam/project:/home/sam/project"},
    {"User=sam", "TemporaryFileSystem=/home/sam:ro", "BindReadOnlyPaths=/home/sam/.ssh"},
    {"User=sam", "TemporaryFileSystem=/home/sam", "ReadOnlyPaths=/home/sam/.ssh"},
    {"User=sam", "BindPaths=/home/sam:/w", "ReadOnlyPaths=/w/.ssh"},
    {"User=sam", "BindPaths=/home/sam:/srv/sb", "InaccessiblePaths=/srv/sb/.ssh"},
    {"User=sam", "BindReadOnlyPaths=/home/sam:/home/other"},
    {"User=sam", "PrivateTmp=yes", "BindPaths=/tmp/work"},
    {"User=sam", "PrivateTmp=yes", "ReadOnlyPaths=/tmp/work"},
    {"User=sam", "PrivateDevices=yes"},
    {"User=sam", "PrivateNetwork=yes"},
    {"User=sam", "PrivateUsers=yes"},
    {"PrivateUsers=yes"},
    {"User=sam", "NoNewPrivileges=yes"},
    {"User=sam", "RestrictAddressFamilies=AF_INET AF_INET6"},
    {"User=sam", "RestrictAddressFamilies=AF_UNIX"},
    {"User=sam", "RestrictAddressFamilies=~AF_UNIX"},
    {"User=sam", "RestrictAddressFamilies=~AF_INET AF_INET6"},
    {"User=sam", "Environment=A=1 \"TOKEN=x y\"", "UnsetEnvironment=A"},
    {"User=sam", "Environment=A=1", "UnsetEnvironment=HOME"},
    {"User=sam", "AmbientCapabilities=CAP_DAC_READ_SEARCH"},
    {"CapabilityBoundingSet=CAP_NET_BIND_SERVICE"},
    {"CapabilityBoundingSet=~CAP_SYS_ADMIN CAP_DAC_OVERRIDE"},
    {"User=sam", "RootDirectory=/srv/sb"},
    {"User=sam", "RootDirectory=/srv/sb", "BindPaths=/home/sam:/h"},
    {"User=sam", "ReadOnlyPaths=/", "ReadWritePaths=/home/sam/project"},
    {"User=sam", "ReadOnlyPaths=/home/sam", "BindPaths=/srv/sb:/home/sam/x"},
    {"User=sam", "ReadOnlyPaths=/srv"},
    {"User=sam", "ReadWritePaths=/srv", "ProtectSystem=strict"},
    {"User=sam", "WorkingDirectory=/home/sam"},
    {"User=sam", "SupplementaryGroups=team"},
    {"User=sam", "StateDirectory=box", "ProtectSystem=strict"},
    {"User=sam", "PrivateIPC=yes", "ProtectProc=invisible"},
};

std::string Pick(Random& random, const Strings& from) { return from[random() % from.size()]; }

const Strings kPaths = {"/",
                        "/home",
                        "/home/sam",
                        "/home/sam/.ssh",
                        "/home/sam/.aws",
                        "/home/sam/.netrc",
                        "/home/sam/project",
                        "/home/sam/project/.env",
                        "/home/sam/x",
                        "/home/sam/x/sub",
                        "/home/sam/sshlink",
                        "/home/sam/.cache/fast",
                        "/home/other",
                        "/srv",
                        "/srv/sb",
                        "/srv/sb/sub",
                        "/run/docker.sock",
                        "/run/user",
                        "/run/user/1234",
                        "/tmp",
                        "/tmp/work",
                        "/etc",
                        "/etc/app.d",
                        "/opt/home",
                        "-/nope",
                        "/var/run"};
const Strings kTargets = {"/w", "/home/sam/x", "/srv/sb", "/opt/box/deep", "/home/other", "/tmp/t"};

Properties MakeUnit(std::uint64_t seed, std::size_t number) {
  Random random(static_cast<unsigned>(seed * 100'003 + number));
  Properties unit;
  if (random() % 8 != 0) unit.push_back("User=sam");
  const auto maybe = [&](unsigned chance, const Strings& values) {
    if (random() % chance == 0) unit.push_back(Pick(random, values));
  };
  maybe(3, {"ProtectHome=yes", "ProtectHome=read-only", "ProtectHome=tmpfs"});
  maybe(3, {"ProtectSystem=strict", "ProtectSystem=full", "ProtectSystem=yes"});
  maybe(5, {"PrivateTmp=yes"});
  maybe(8, {"PrivateDevices=yes", "PrivateUsers=yes", "DynamicUser=yes"});
  for (std::size_t left = random() % 4; left > 0; --left) {
    const std::string name = Pick(
        random, {"InaccessiblePaths", "ReadOnlyPaths", "ReadWritePaths", "TemporaryFileSystem"});
    std::string path = Pick(random, kPaths);
    if (name == "TemporaryFileSystem" && (path == "/" || path[0] == '-')) path = "/home/sam";
    if (name == "InaccessiblePaths" && path == "/") path = "/home/sam/.ssh";
    unit.push_back(name + "=" + path);
  }
  for (std::size_t left = random() % 3; left > 0; --left) {
    const std::string source = Pick(random, kPaths);
    const std::string target = random() % 2 == 0 ? "" : ":" + Pick(random, kTargets);
    if (source == "/" || (source[0] == '-' && target.empty())) continue;
    unit.push_back(Pick(random, {"BindPaths=", "BindReadOnlyPaths="}) + source + target);
  }
  return unit;
}

constexpr const char* kBoot =
    "mount --rbind /run /run && mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /sys/fs/cgroup "
    "&&\n"
    "mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/systemd || exit 1\n"
    "mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified\n"
    "mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd\n"
    "container=stage exec /usr/lib/systemd/systemd --system --unit=probe.service "
    "--show-status=0 --log-level=debug --log-target=console\n";

StageFiles FilesOf() {
  Strings programs{"/usr/lib/systemd/systemd"};
  for (const char* name : {"unshare", "sh", "mount", "mkdir"}) {
    programs.push_back(FindProgram(name));
  }
  if (FILE* manager = fopen("/usr/lib/systemd/systemd", "re")) {
    fclose(manager);
  } else {
    return {};
  }
  StageFiles files = ReadPrograms(programs);
  if (files.empty()) return files;
  files[kStageProbe] = BwrapFiles()[kStageProbe];
  files["/srv/sb/.probe"] = files[kStageProbe];
  files["/.boot"] = kBoot;
  return files;
}

Questions QuestionsOfStage() {
  Questions questions{StagePaths(), {}, {"AWS_SECRET_ACCESS_KEY", "A", "TOKEN", "HOME", "PATH"}};
  // What the manager itself mounts or makes anew.
  std::erase_if(questions.host_paths, [](const std::string& path) {
    return path == "/" || path == "/sys" || path.starts_with("/dev");
  });
  return questions;
}

Json SaidOf(const Properties& unit, const Questions& questions) {
  LiveOptions options;
  options.user = "0";
  options.working_directory = "/";
  const auto host = MakeLiveHost(std::move(options));
  Strings argv{"systemd-run", "--pipe"};
  for (const std::string& line : unit) argv.insert(argv.end(), {"-p", line});
  argv.push_back(kStageProbe);
  Source source;
  const Launch launch = LaunchOf({argv, {}, "/"}, *host, source);
  return launch.grant.paths ? AskEvaluator(launch, questions) : Json(nullptr);
}

std::string TextOf(const Properties& unit) { return fmt::format("{}", fmt::join(unit, "\n  ")); }

bool WriteUnit(const Properties& unit, const Strings& words) {
  std::ofstream file("/etc/systemd/system/probe.service");
  file << "[Unit]\nDefaultDependencies=no\nSuccessAction=exit-force\nFailureAction=exit-force\n"
       << "[Service]\nType=oneshot\nStandardOutput=truncate:/.out\nTimeoutStartSec=10\n"
       << TextOf(unit) << "\nExecStart=" << kStageProbe;
  for (const std::string& word : words) file << " \"" << word << "\"";
  file << "\n";
  return file.good();
}

Json RunUnit(const Properties& unit, const StageFiles& files) {
  std::string problem;
  if (!EnterStage(files, problem)) return {{"error", problem}};
  std::error_code error;
  std::filesystem::create_directories("/etc/systemd/system", error);
  const Questions questions = QuestionsOfStage();
  const auto objects = HostObjects();
  const Json said = SaidOf(unit, questions);
  if (!said.is_object()) return {{"error", "sandlint gave no answer"}};
  if (!WriteUnit(unit, ProbeWords(questions))) return {{"error", "the unit"}};
  Command command;
  command.argv = {FindProgram("unshare"), "-p",           "-f",      "-C",    "-i", "-u",
                  "--kill-child",         "--mount-proc", "/bin/sh", "/.boot"};
  command.environment = {"PATH=/usr/bin:/usr/sbin"};
  command.uid = 0;
  command.seconds = 8;
  const Ending ending = RunCommand(command);
  std::ifstream out("/.out");
  std::ostringstream text;
  text << out.rdbuf();
  const Json real = AnswersOf(text.str(), questions, objects);
  Json result = real.is_null() ? Json::object() : Compare(said, real, questions);
  result["said"] = said["starts"];
  result["why"] = said["problems"];
  result["real"] = real.is_null() ? "no" : "yes";
  result["late"] = ending.late;
  result["tail"] = ending.err.substr(ending.err.size() > 600 ? ending.err.size() - 600 : 0);
  const std::size_t at = ending.err.find("probe.service: Failed");
  result["err"] = at == std::string::npos ? ending.err.substr(0, 300) : ending.err.substr(at, 300);
  return result;
}

std::size_t Setting(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("every setting of a service stands in the table") {
  FILE* pipe = popen("/usr/lib/systemd/systemd --dump-configuration-items 2>/dev/null", "r");
  std::string text;
  std::array<char, 4096> chunk{};
  while (pipe != nullptr && fgets(chunk.data(), chunk.size(), pipe) != nullptr)
    text += chunk.data();
  if (pipe != nullptr) pclose(pipe);
  if (text.empty()) {
    if (OraclesRequired()) FAIL("systemd is not installed");
    WARN("skipped: systemd is not installed");
    return;
  }
  std::istringstream lines(text);
  bool service = false;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('[')) service = line == "[Service]";
    const std::size_t equals = line.find('=');
    if (!service || equals == std::string::npos) continue;
    INFO(line);
    CHECK(IsSystemdProperty(line.substr(0, equals)));
    ++count;
  }
  CHECK(count > 200);
}

TEST_CASE("services of systemd grant what the evaluator says") {
  const StageFiles files = FilesOf();
  std::vector<Properties> units = kUnits;
  if (const char* first = std::getenv("SANDLINT_SYSTEMD_FIRST")) {
    units.resize(std::min<std::size_t>(units.size(), std::strtoull(first, nullptr, 10)));
  }
  const std::size_t more = Setting("SANDLINT_SYSTEMD_UNITS", 30);
  const std::uint64_t seed = Setting("SANDLINT_SYSTEMD_SEED", 1);
  for (std::size_t at = 0; at < more; ++at) units.push_back(MakeUnit(seed, at));
  if (const char* only = std::getenv("SANDLINT_SYSTEMD_UNIT")) {
    units = {{}};
    std::istringstream lines(only);
    for (std::string line; std::getline(lines, line, ';');) units[0].push_back(line);
  }
  std::string problem = files.empty() ? "systemd is not installed" : "";
  Strings answers;
  if (problem.empty()) {
    answers = RunJobs(
        units.size(), units.size() > 1 ? 2U : 1U, 40,
        [&](std::size_t number) { return RunUnit(units[number], files).dump(); }, problem);
  }
  if (!problem.empty()) {
    if (OraclesRequired()) FAIL(problem);
    WARN("skipped: " << problem);
    return;
  }
  std::size_t started = 0, asked = 0, unknown = 0, yes = 0, no = 0, feared = 0, missed = 0;
  for (std::size_t at = 0; at < units.size(); ++at) {
    const Json result = Json::parse(answers[at], nullptr, false);
    INFO(at << "\n  " << TextOf(units[at]) << "\n"
            << (result.is_object() ? result.dump() : answers[at]));
    REQUIRE(result.is_object());
    CHECK_FALSE(result.contains("error"));
    if (result.contains("error")) continue;
    CHECK_FALSE((result["said"] == "no" && result["real"] == "yes"));
    if (result["said"] == "yes" && result["real"] == "no") ++missed;
    if (!result.contains("asked")) continue;
    ++started;
    CHECK(result["unsound"] == Json::array());
    if (std::getenv("SANDLINT_SYSTEMD_FEARED")) CHECK(result["false_yes"] == Json::array());
    asked += result["asked"].get<std::size_t>();
    unknown += result["unknown"].get<std::size_t>();
    yes += result["yes"].get<std::size_t>();
    no += result["no"].get<std::size_t>();
    feared += result["false_yes"].size();
  }
  WARN("units " << units.size() << ", started " << started << ", answers " << asked << ": yes "
                << yes << ", no " << no << ", unknown " << unknown << ", false yes " << feared
                << ", starts wrongly expected " << missed);
  CHECK(started * 2 > units.size());
  CHECK(feared * 100 < yes * 3);
  CHECK(unknown * 100 < asked * 25);
}

}  // namespace sandlint::oracle
