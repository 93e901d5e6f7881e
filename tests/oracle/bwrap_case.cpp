#include "oracle/bwrap_case.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "paths.h"

namespace sandlint::oracle {
namespace {

/// Runs `ask` in a process of its own, as the user where `by_user` is set.
Json InChild(bool by_user, const std::function<Json()>& ask) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return nullptr;
  const pid_t child = fork();
  if (child == 0) {
    const gid_t team = kStageTeam;
    if (by_user && (setgroups(1, &team) != 0 || setresgid(kStageGroup, kStageGroup, kStageGroup) ||
                    setresuid(kStageUser, kStageUser, kStageUser))) {
      _exit(1);
    }
    const std::string text = ask().dump();
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t size = write(ends[1], text.data() + at, text.size() - at);
      if (size <= 0) break;
      at += static_cast<std::size_t>(size);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 65536> chunk{};
  for (ssize_t size = 0; (size = read(ends[0], chunk.data(), chunk.size())) > 0;) {
    text.append(chunk.data(), static_cast<std::size_t>(size));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return Json::parse(text, nullptr, false);
}

Strings ArgvOf(const BwrapLine& line, const Strings& command) {
  Strings argv{FindProgram("bwrap")};
  const Strings words = WordsOf(line);
  argv.insert(argv.end(), words.begin(), words.end());
  argv.insert(argv.end(), {"--ro-bind", kStageProbe, kStageProbe, "--", kStageProbe});
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

std::string InputOf(const BwrapLine& line) {
  using namespace std::string_literals;
  if (line.input == "filter") return "\x06\x00\x00\x00\x00\x00\xff\x7f"s;  // allow everything
  if (line.input == "args") return "--bind\0/\0/tmp\0"s;
  return line.input == "data" ? "data\n" : "";
}

/// Of the paths inside, every line asks for a third.
Questions QuestionsOf(const BwrapLine& line) {
  Questions questions{StagePaths(), {}, StageVariables()};
  const Strings inside = InsidePaths();
  for (std::size_t at = WordsOf(line).size() % 3; at < inside.size(); at += 3) {
    questions.inside_paths.push_back(inside[at]);
  }
  // What `/` holds is everything: the parts are asked for.
  std::erase(questions.host_paths, "/");
  return questions;
}

std::shared_ptr<const HostFacts> HostOf(const BwrapLine& line) {
  LiveOptions options;
  options.user = line.by_root ? "0" : std::to_string(kStageUser);
  options.working_directory = line.directory;
  return MakeLiveHost(std::move(options));
}

Json SaidOf(const BwrapLine& line, const Questions& questions) {
  const auto host = HostOf(line);
  Source source;
  const Launch launch =
      LaunchOf({ArgvOf(line, {}), line.environment, line.directory}, *host, source);
  if (!launch.grant.paths) return nullptr;
  return AskEvaluator(launch, questions);
}

Ending RunReal(const BwrapLine& line, const Questions& questions) {
  Command command;
  command.argv = ArgvOf(line, ProbeWords(questions));
  command.environment = line.environment;
  command.uid = line.by_root ? 0 : kStageUser;
  command.directory = line.directory;
  command.input_text = InputOf(line);
  command.directory_on_3 = kStageHome;
  return RunCommand(command);
}

Strings TextsOf(const Json& why) {
  Strings texts;
  for (const Json& one : why) texts.push_back(one[1]);
  return texts;
}

/// What is said of `path` when the option of that word is not given. Null where the word is no
/// operation, or stands twice in the line.
Json WithoutGroup(const BwrapLine& line, int argv_index, const std::string& path) {
  BwrapLine shorter = line;
  int at = 1;
  for (auto group = shorter.groups.begin(); group != shorter.groups.end(); ++group) {
    at += static_cast<int>(group->size());
    if (argv_index >= at) continue;
    if (std::ranges::count(line.groups, *group) > 1) return nullptr;
    shorter.groups.erase(group);
    Questions one;
    one.host_paths = {path};
    return SaidOf(shorter, one);
  }
  return nullptr;
}

}  // namespace

std::string TextOf(const BwrapLine& line) {
  std::string text = line.by_root ? "(root, in " : "(sam, in ";
  text += line.directory + ", descriptor 0: " + line.input + ") bwrap";
  for (const std::string& word : WordsOf(line)) text += ' ' + (word.empty() ? "''" : word);
  return text;
}

StageFiles BwrapFiles() {
  const std::string bwrap = FindProgram("bwrap");
  if (bwrap.empty()) return {};
  StageFiles files = ReadPrograms({bwrap});
  std::ifstream probe(kProbe, std::ios::binary);
  std::ostringstream bytes;
  bytes << probe.rdbuf();
  files[kStageProbe] = bytes.str();
  std::ostringstream version;
  if (FILE* pipe = popen((bwrap + " --version").c_str(), "r")) {  // NOLINT: a fixed command
    std::array<char, 64> text{};
    if (fgets(text.data(), text.size(), pipe) != nullptr) {
      const std::string line = text.data();
      version << "Package: bubblewrap\nVersion: " << line.substr(line.find(' ') + 1) << '\n';
    }
    pclose(pipe);
  }
  files["/var/lib/dpkg/status"] = version.str();
  return files;
}

Json RunBwrapLine(const BwrapLine& line, const StageFiles& files) {
  Json result;
  std::string problem;
  if (!EnterStage(files, problem)) return {{"error", problem}};
  const Questions questions = QuestionsOf(line);
  const auto objects = HostObjects();
  const Json said = InChild(line.asked_by_user, [&] { return SaidOf(line, questions); });
  if (!said.is_object()) return {{"error", "sandlint gave no answer"}};
  const Ending ending = RunReal(line, questions);
  const Json real = AnswersOf(ending.out, questions, objects);
  if (!real.is_null()) result = Compare(said, real, questions);
  result["late"] = ending.late;
  result["start"] = {{"said", said["starts"]},
                     {"real", real.is_null() ? "no" : "yes"},
                     {"why", said["problems"]},
                     {"err", ending.err.substr(0, 200)}};
  return result;
}

Json RunWithout(const BwrapLine& line, const StageFiles& files) {
  std::string problem;
  if (!EnterStage(files, problem)) return {{"error", problem}};
  Json result = {{"tried", 0}, {"changed", 0}, {"other", 0}, {"same", Json::array()}};
  const Questions questions = QuestionsOf(line);
  const Json said = SaidOf(line, questions);
  if (!said.is_object() || said["starts"] != "yes") return result;
  for (const std::string& path : questions.host_paths) {
    const Json& why = said["why"][path];
    if (why.empty() || why[0][0].get<int>() <= 0) continue;
    const Json then = WithoutGroup(line, why[0][0], path);
    if (!then.is_object()) continue;
    const bool changed = then["host"][path] != said["host"][path];
    const bool other = TextsOf(then["why"][path]) != TextsOf(why);
    result["tried"] = result["tried"].get<int>() + 1;
    const char* kind = changed ? "changed" : "other";
    if (changed || other) {
      result[kind] = result[kind].get<int>() + 1;
    } else {
      result["same"].push_back(path);
    }
  }
  return result;
}

}  // namespace sandlint::oracle
