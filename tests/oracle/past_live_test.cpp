// Shell lines that hand a key or a variable past a sandbox, or do not, run for real with a probe
// that looks everywhere. SANDLINT_PAST_LINES and SANDLINT_PAST_SEED set how many and which.

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.h"
#include "oracle/past_lines.h"
#include "paths.h"
#include "scanner/files/host.h"
#include "scanner/files/reader.h"
#include "scanner/grant/grant.h"
#include "scanner/peel/peel.h"

namespace sandlint::oracle {
namespace {

using PastResult = nlohmann::json;

constexpr const char* kFolder = "/home/sam/project";

std::size_t Number(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

StageFiles Programs() {
  Strings programs;
  for (const char* name : {"bwrap", "sh", "dash", "bash", "env", "timeout", "flock", "cat", "cp",
                           "mv", "ln", "head"}) {
    programs.push_back(FindProgram(name));
    if (programs.back().empty()) return {};
  }
  StageFiles files = ReadPrograms(programs);
  for (const auto& [name, text] : StageFiles(files)) {
    // Wherever a program lies here, there it has the folders that everyone searches.
    files.try_emplace("/usr/bin/" + name.substr(name.rfind('/') + 1), text);
  }
  std::ifstream probe(std::string(kBuildDir) + "/tests/past_probe", std::ios::binary);
  std::ostringstream bytes;
  bytes << probe.rdbuf();
  if (bytes.str().empty()) return {};
  files[kPastProbe] = bytes.str();
  return files;
}

void Write(const std::string& path, const std::string& text, mode_t mode) {
  std::ofstream(path, std::ios::binary) << text;
  if (chmod(path.c_str(), mode) != 0 || chown(path.c_str(), kStageUser, kStageGroup) != 0) return;
}

bool Furnish() {
  Write(kPastKey, "S3CRET-KEY-BYTES\n", 0600);
  const std::string folder = std::string(kFolder) + "/bin";
  mkdir(folder.c_str(), 0755);
  for (const auto& [name, text] : PastTree()) Write(std::string(kFolder) + '/' + name, text, 0755);
  return access(kPastKey, R_OK) == 0;
}

const Strings& ClientEnvironment() {
  static const Strings all = {"HOME=/home/sam", "PATH=/usr/local/bin:/usr/bin:/bin", "USER=sam",
                              "TOKEN=T0KEN-BYTES"};
  return all;
}

/// The worst of all launches.
PastResult Said(const PastLine& line) {
  LiveOptions options;
  options.user = std::to_string(kStageUser);
  options.working_directory = kFolder;
  const auto host = MakeLiveHost(std::move(options));
  std::map<std::string, std::string, std::less<>> texts;
  for (const auto& [name, text] : PastTree()) texts[name] = text;
  const auto files = MakeMemoryReader(texts);
  Workspace workspace;
  PeelContext context;
  context.host = host.get();
  context.files = line.tree ? files.get() : nullptr;
  context.workspace = &workspace;
  std::vector<Word> argv;
  for (const std::string& text : line.argv) {
    Word word;
    word.text = text;
    word.argv_index = static_cast<int>(argv.size());
    argv.push_back(std::move(word));
  }
  Answer key = Answer::No;
  Answer token = Answer::No;
  for (Launch& launch : PeelLaunches(argv, context)) {
    EvaluateGrant(launch, nullptr, {host.get(), nullptr, {}});
    key = std::max(key, launch.grant.paths->OfHost(kPastKey).Has(Right::Read));
    token = std::max(token, launch.grant.environment.Ask("TOKEN").answer);
  }
  return {{"key", NameOf(key)}, {"token", NameOf(token)}};
}

PastResult RunPast(const PastLine& line, const StageFiles& files) {
  std::string problem;
  if (!EnterStage(files, problem)) return {{"error", problem}};
  if (!Furnish()) return {{"error", "the stage has no key"}};
  const PastResult said = Said(line);
  Command command;
  command.argv = line.argv;
  command.argv.front() = "/usr/bin/" + command.argv.front();
  command.environment = ClientEnvironment();
  command.directory = kFolder;
  const Ending ending = RunCommand(command);
  const bool started = ending.out.find("done") != std::string::npos;
  return {{"said", said},
          {"started", started},
          {"key", ending.out.find(" key") != std::string::npos},
          {"token", ending.out.find(" token") != std::string::npos},
          {"err", ending.err.substr(0, 200)}};
}

std::string TextOf(const PastLine& line) {
  std::string text;
  for (const std::string& word : line.argv) text += word + ' ';
  return text + (line.tree ? "(with the tree)" : "");
}

}  // namespace

TEST_CASE("what goes past a sandbox is not said to be hidden") {
  const StageFiles files = Programs();
  const std::uint64_t seed = Number("SANDLINT_PAST_SEED", 1);
  const std::size_t count = Number("SANDLINT_PAST_LINES", 600);
  std::vector<PastLine> lines;
  for (std::size_t at = 0; at < count; ++at) lines.push_back(MakePastLine(seed, at));
  std::string problem = files.empty() ? "a program of the stage is missing" : "";
  Strings answers;
  if (problem.empty()) {
    answers = RunJobs(
        count, 2, 30, [&](std::size_t at) { return RunPast(lines[at], files).dump(); }, problem);
  }
  if (!problem.empty()) {
    if (OraclesRequired()) FAIL(problem);
    WARN("skipped: " << problem);
    return;
  }
  std::size_t started = 0, reached = 0, hidden = 0, unknown = 0, false_yes = 0;
  Strings unsound;
  for (std::size_t at = 0; at < count; ++at) {
    const PastResult result = PastResult::parse(answers[at], nullptr, false);
    INFO(TextOf(lines[at]));
    REQUIRE(result.is_object());
    REQUIRE_FALSE(result.contains("error"));
    started += result["started"].get<bool>() ? 1U : 0U;
    if (!result["started"].get<bool>()) continue;
    for (const char* what : {"key", "token"}) {
      const bool real = result[what];
      const std::string said = result["said"][what];
      reached += real ? 1U : 0U;
      hidden += !real && said == "no" ? 1U : 0U;
      unknown += !real && said == "unknown" ? 1U : 0U;
      false_yes += !real && said == "yes" ? 1U : 0U;
      if (real && said == "no") unsound.push_back(std::string(what) + ": " + TextOf(lines[at]));
      if (!real && said == "yes" && std::getenv("SANDLINT_PAST_FEARED") != nullptr) {
        WARN("feared " << what << ": " << TextOf(lines[at]));
      }
    }
  }
  WARN("lines " << count << ", started " << started << "; reached " << reached << ", hidden "
                << hidden << ", not reached but unknown " << unknown << ", false yes " << false_yes
                << ", unsound " << unsound.size());
  for (const std::string& one : unsound) UNSCOPED_INFO(one);
  CHECK(unsound.empty());
  CHECK(started * 4 > count * 3);
  CHECK(reached * 4 > started);
  CHECK(hidden * 4 > started);
}

}  // namespace sandlint::oracle
