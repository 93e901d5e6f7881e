#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/hosts.h"
#include "cli/probe_launch.h"
#include "cli/probe_questions.h"
#include "cli/probe_run.h"
#include "cli/probe_session.h"
#include "cli/roots.h"
#include "cli/withhold.h"
#include "rules/secret_pieces.h"
#include "rules/secrets.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples =
    "Runs the wrapper of a server with a probe in the place of the server, and compares what the\n"
    "probe can reach with what sandlint predicts. Neither the server nor a wrapper script is\n"
    "started; what is run is told first. ProbeSession get made-up values, and no value of one is\n"
    "printed. bwrap, firejail, srt, podman and docker (an image that is here) can be probed.\n"
    "\n"
    "Examples:\n"
    "  sandlint probe files\n"
    "  sandlint probe files --config .mcp.json\n"
    "\n"
    "Exit code: 0 as predicted, 1 a prediction is wrong (please report it), 2 error.";

constexpr int kSeconds = 60;

struct Options {
  std::string server;
  std::string config = ".";
  std::string probe;
  std::string home;
};

/// A file that goes away again.
class Leftover {
 public:
  explicit Leftover(std::string path) : path_(std::move(path)) {}
  Leftover(const Leftover&) = delete;
  Leftover& operator=(const Leftover&) = delete;
  ~Leftover() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  const std::string& Path() const { return path_; }

 private:
  std::string path_;
};

std::string MakeCanary() {
  std::string name = "/tmp/sandlint-canary-XXXXXX";
  const int handle = mkstemp(name.data());
  if (handle < 0) return {};
  close(handle);
  return name;
}

std::string FindProbe(const Options& options) {
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& path : {fs::path(options.probe), here / "sandlint-probe",
                               here / "../libexec/sandlint/sandlint-probe"}) {
    if (!path.empty() && fs::is_regular_file(path, error))
      return fs::canonical(path, error).string();
  }
  return {};
}

std::string Shown(const std::vector<std::string>& words) {
  return Visible(WithoutSecrets(fmt::format("{}", fmt::join(words, " "))));
}

const char* Word(bool value) { return value ? "yes" : "no"; }

/// The first line of what the tool says to --version.
std::string VersionOf(const std::string& tool) {
  const std::string out = RunCommand({tool, "--version"}, {"PATH=/usr/bin:/bin"}, 10).out;
  return out.substr(0, out.find('\n'));
}

/// Everything that is needed to see it again.
void ReportDifference(const ProbeQuestion& question, const std::vector<std::string>& argv,
                      std::string_view version, std::string& text) {
  text += fmt::format("\nA prediction is wrong. Please report this:\n  sandlint {}\n",
                      SANDLINT_VERSION);
  text += fmt::format("  {}\n", Visible(version));
  text += fmt::format("  launch     {}\n", Shown(argv));
  text += fmt::format("  question   {}\n", Visible(question.text));
  text += fmt::format("  predicted  {}\n", NameOf(question.predicted));
  for (const Evidence& evidence : question.because) {
    text += fmt::format("    because  {} {}\n", Visible(WithoutSecrets(evidence.text)),
                        Visible(evidence.note));
  }
  text += fmt::format("  real       {}\n", Word(question.real.value_or(false)));
  if (!question.fact.empty()) text += fmt::format("  host       {}\n", Visible(question.fact));
  text +=
      fmt::format("  run as     uid {}, in {}\n", getuid(), Visible(fs::current_path().string()));
}

/// Can the launch be probed? Says why not.
bool IsProbeable(const Server& server, const ProbeLaunch& built, const ProbeSession& variables) {
  std::string why = built.refused;
  if (why.empty() && !IsHere(built.argv.front(), variables.environment) &&
      std::ranges::find(built.copies, built.argv.front()) == built.copies.end()) {
    why = built.argv.front() + " is not on this machine";
  }
  if (why.empty() && !built.check.empty() &&
      RunCommand(built.check, variables.environment, kSeconds).code != 0) {
    why = fmt::format("its image is not on this machine, or {} does not answer", built.tool);
  }
  if (!why.empty()) Complain("{}: not probed: {}", Visible(server.Name()), Visible(why));
  return why.empty();
}

/// Prediction beside reality, and a report of each difference.
std::string TableOf(const std::vector<ProbeQuestion>& questions,
                    const std::vector<std::string>& argv, const std::string& tool,
                    int& differences) {
  std::string text = fmt::format("{:<48} {:<10} {}\n", "question", "predicted", "real");
  std::string reports;
  std::string version;
  for (const ProbeQuestion& question : questions) {
    const bool differs = Differs(question);
    text += fmt::format("{:<48} {:<10} {}{}\n", Visible(question.text), NameOf(question.predicted),
                        Word(question.real.value_or(false)), differs ? "   <- differs" : "");
    if (!differs) continue;
    if (++differences == 1) version = VersionOf(tool);
    ReportDifference(question, argv, version, reports);
  }
  return text + fmt::format("{} of {} predictions are wrong\n", differences, questions.size()) +
         reports;
}

/// The words that are run, told before they are. False where the probe cannot be put in its place.
bool Announce(const Server& server, const std::string& probe, const ProbeLaunch& built,
              const std::vector<std::string>& argv) {
  Complain("{}: this is run now, in the place of the server: {}", Visible(server.Name()),
           Shown(argv));
  for (const std::string& copy : built.copies) {
    Complain("{}: the probe is copied to {} for as long as it runs", Visible(server.Name()),
             Visible(copy));
    std::error_code error;
    fs::copy_file(probe, copy, error);
    if (error) Complain("{}: it cannot be copied: {}", Visible(server.Name()), error.message());
    if (error) return false;
    fs::permissions(copy, fs::perms(0755), error);
  }
  return true;
}

/// Number of differences; -1 where the probe did not speak.
int ProbeLaunchOf(const Server& server, const Launch& launch, const Workspace& workspace,
                  const std::string& probe, const ProbeSession& variables) {
  const ProbeLaunch built =
      LaunchOfProbe(launch, {probe, workspace.host.get(), &server.decl, variables.environment});
  std::vector<std::unique_ptr<Leftover>> leftovers;
  for (const std::string& temp : built.temp_directories) {
    leftovers.push_back(std::make_unique<Leftover>(temp));
  }
  if (!IsProbeable(server, built, variables)) return -1;
  leftovers.push_back(std::make_unique<Leftover>(MakeCanary()));
  std::vector<ProbeQuestion> questions =
      QuestionsOf(server, launch, *workspace.host, leftovers.back()->Path(), variables.asked);
  std::vector<std::string> argv = built.argv;
  if (server.decl.working_directory) {
    argv.insert(argv.begin(), {"env", "-C", server.decl.working_directory.text});
  }
  for (const std::string& copy : built.copies) {
    leftovers.push_back(std::make_unique<Leftover>(copy));
  }
  if (!Announce(server, probe, built, argv)) return -1;
  // A client stays behind a server, with its variables in /proc.
  std::vector<std::string> all{probe, "run", "wait"};
  all.insert(all.end(), variables.own.begin(), variables.own.end());
  all.emplace_back("--");
  all.insert(all.end(), argv.begin(), argv.end());
  for (std::string& word : ProbeWords(questions)) all.push_back(std::move(word));
  const CommandOutcome outcome = RunCommand(all, variables.session, kSeconds);
  if (!ReadProbe(outcome.out, questions)) {
    Complain("{}: the probe did not speak (exit code {}{}; predicted to start: {}): {}",
             Visible(server.Name()), outcome.code, outcome.late ? ", stopped" : "",
             NameOf(launch.starts), Visible(WithoutSecrets(outcome.err.substr(0, 2000))));
    return -1;
  }
  int differences = 0;
  return WriteOut(TableOf(questions, argv, built.tool, differences)) ? differences : -1;
}

const Server* Find(const Workspace& workspace, const Options& options) {
  for (const Server& server : workspace.servers) {
    if (server.Name() == options.server) return &server;
  }
  Complain("there is no server '{}' in {}; `sandlint show` lists them", Visible(options.server),
           Visible(options.config));
  return nullptr;
}

int RunProbe(const Options& options) {
  const std::string probe = FindProbe(options);
  std::vector<std::string> problems;
  const std::vector<Root> roots = RootsOf({options.config}, problems);
  for (const std::string& problem : problems) Complain("{}", problem);
  if (probe.empty()) Complain("sandlint-probe is not beside sandlint; name it with --probe");
  if (roots.empty() || probe.empty()) return kIncomplete;
  HostWish wish;
  wish.kind = "live";
  wish.home = options.home;
  std::string problem;
  const ProbeSession session = MakeProbeSession(nullptr);
  ScanOptions scan{roots.front().paths, MakeHost(wish, problem), &session.settings};
  if (scan.host == nullptr) {
    Complain("{}", problem);
    return kIncomplete;
  }
  const Workspace workspace = Scan(*MakeDiskReader(roots.front().directory), scan);
  WithholdFromOutput(SecretsIn(workspace, {}));
  const Server* server = Find(workspace, options);
  if (server == nullptr) return kIncomplete;
  if (server->launches.empty()) {
    Complain("{}: not probed: no launch of it is known", Visible(server->Name()));
    return kIncomplete;
  }
  const ProbeSession variables = MakeProbeSession(&server->decl);
  int total = 0;
  bool failed = false;
  for (const Launch& launch : server->launches) {
    const int differences = ProbeLaunchOf(*server, launch, workspace, probe, variables);
    failed = failed || differences < 0;
    total += std::max(differences, 0);
  }
  return failed ? kIncomplete : total > 0 ? kFindings : kDone;
}

std::function<int()> DeclareProbe(CLI::App& app, const Invocation&) {
  auto options = std::make_shared<Options>();
  app.add_option("SERVER", options->server, "The name of a server")->required();
  app.add_option("--config", options->config, "A config file or a tree; default: this directory")
      ->type_name("FILE");
  app.add_option("--home", options->home, "The home whose secrets count; default: as passwd says")
      ->type_name("DIR");
  app.add_option("--probe", options->probe, "The program sandlint-probe; default: beside sandlint")
      ->type_name("FILE");
  return [options] { return RunProbe(*options); };
}

}  // namespace

const Command kProbe{"probe", "Run a probe in a server's sandbox and compare with the prediction",
                     kExamples, DeclareProbe};

}  // namespace sandlint
