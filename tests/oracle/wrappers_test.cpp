// Wrapper scripts that were run for real: what each launch reached, at worst, in an ordinary user's
// home. The worst case of the evaluator covers it, and what is clean is answered clean.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "catch.h"
#include "paths.h"
#include "scanner/files/host.h"
#include "scanner/grant/grant.h"
#include "scanner/peel/peel.h"

namespace sandlint {
namespace {

using Json = nlohmann::json;

Json ReadJson(const std::string& path) {
  std::ifstream file(path);
  return Json::parse(file, nullptr, false);
}

/// The machine of the records: an ordinary one, with what the runs had in the home.
std::shared_ptr<const HostFacts> MakeHost() {
  SymbolicOptions options;
  options.home = "/home/wrapdev";
  return MakeSymbolicHost(options);
}

struct Answers {
  std::map<std::string, Answer> read, write;
  std::map<std::string, Answer> variables;  ///< in the environment or through /proc
  std::map<std::string, Answer> own;        ///< in the environment
  Answer tcp = Answer::No;
  Answer sockets = Answer::No;
  bool starts = false;
  std::vector<std::string> names;  ///< of what is not known
  std::string layers;
};

void Raise(Answer& to, Answer answer) { to = std::max(to, answer); }

void Join(Answers& all, Launch& launch, const Json& table, const std::string& home) {
  if (launch.starts == Answer::No) return;
  all.starts = true;
  for (const auto& key : table["paths"]) {
    const std::string name = key;
    std::string path = name;
    if (path.starts_with("$HOME")) path.replace(0, 5, home);
    // Of a folder the records say whether it can be listed, or entries be made in it.
    const bool folder = path.ends_with('/');
    if (folder) continue;
    const PathAnswer answer = launch.grant.paths->OfHost(path);
    Raise(all.read[name], answer.Has(Right::Read));
    Raise(all.write[name], answer.Has(Right::Write));
  }
  for (const auto& key : table["variables"]) {
    Raise(all.variables[key], launch.grant.environment.Ask(std::string(key)).answer);
    const Presence own = launch.grant.environment.own.Find(std::string(key)).presence;
    Raise(all.own[key], own == Presence::Absent    ? Answer::No
                        : own == Presence::Unknown ? Answer::Unknown
                                                   : Answer::Yes);
  }
  Raise(all.tcp, launch.grant.egress.Ask({"tcp", "203.0.113.10", 443}).answer);
  for (const char* path : {"/run/docker.sock", "/run/user/1000/bus"}) {
    Raise(all.sockets, launch.grant.paths->OfHost(path).Has(Right::Connect));
  }
}

Word Plain(const std::string& text, int index) {
  Word word;
  word.text = text;
  word.argv_index = index;
  return word;
}

/// What the client puts in for `${X}` and `${X:-y}` where X is not set for it.
Word Expanded(const std::string& text, int index) {
  Word word = Plain(text, index);
  const std::size_t at = text.find("${");
  const std::size_t sign = text.find(":-", at);
  const std::size_t end = text.find('}', at);
  if (at == std::string::npos || sign == std::string::npos || end == std::string::npos) return word;
  const std::string value = text.substr(sign + 2, end - sign - 2);
  word.text = text.substr(0, at) + value + text.substr(end + 1);
  return word;
}

Answers Evaluate(const Json& one, const Json& table, bool show) {
  std::map<std::string, std::string, std::less<>> texts;
  for (const auto& [path, text] : one["files"].items()) texts[path] = text;
  texts["server.js"] = "// server\n";
  texts["src/a.js"] = "// a\n";
  const auto files = MakeMemoryReader(texts);
  Workspace workspace;
  workspace.host = MakeHost();
  const Json config = Json::parse(texts[".mcp.json"])["mcpServers"]["srv"];
  PeelContext context;
  context.host = workspace.host.get();
  context.files = files.get();
  context.workspace = &workspace;
  ServerDecl decl;
  const Json no_variables = Json::object();
  const Json& variables = config.contains("env") ? config["env"] : no_variables;
  for (const auto& [name, value] : variables.items()) {
    context.variables[name] = Expanded(value, -1);
    decl.environment.push_back({Plain(name, -1), context.variables[name]});
  }
  std::vector<Word> argv{Plain(config["command"], 0)};
  if (config.contains("args")) {
    for (const auto& arg : config["args"])
      argv.push_back(Plain(arg, static_cast<int>(argv.size())));
  }
  Answers all;
  const ClientSide client{workspace.host.get(), nullptr, {}};
  for (Launch& launch : PeelLaunches(argv, context)) {
    EvaluateGrant(launch, &decl, client);
    Join(all, launch, table, table["home"]);
    for (const Note& note : launch.notes) {
      if (note.support != Support::Irrelevant) all.names.push_back(note.why);
    }
    if (!show) continue;
    std::cerr << "  [" << launch.condition_text << "] starts " << NameOf(launch.starts) << ":";
    for (const Layer& layer : launch.layers) {
      std::cerr << " " << (layer.tool.empty() ? NameOf(layer.kind) : layer.tool);
      if (layer.tool == "bwrap" || layer.kind == LayerKind::Program) {
        for (const Word& word : layer.words) std::cerr << " " << word.text;
      }
      std::cerr << " >";
    }
    std::cerr << "\n";
    for (const Note& note : launch.notes) {
      std::cerr << "     ~ " << note.word.text << ": " << note.why << "\n";
    }
    for (const StartProblem& problem : launch.start_problems) {
      std::cerr << "     ! " << NameOf(problem.fatal) << " " << problem.word.text << ": "
                << problem.text << "\n";
    }
  }
  return all;
}

struct Verdict {
  std::vector<std::string> unsound;  ///< "no" where the program said yes
  std::vector<std::string> unclean;  ///< "yes" or unknown where it said no
};

Verdict Compare(const Answers& mine, const Json& worst, const Json& table) {
  Verdict verdict;
  const auto check = [&](const std::string& what, Answer answer, bool recorded) {
    if (recorded && answer == Answer::No) verdict.unsound.push_back(what);
    if (!recorded && answer != Answer::No) {
      verdict.unclean.push_back(what + "=" + NameOf(answer));
    }
  };
  for (const auto& key : table["paths"]) {
    const std::string name = key;
    // Whether others let the caller into their home is not known of an ordinary machine.
    if (name.ends_with('/') || name.starts_with("/home/other")) continue;
    const std::string recorded = worst["paths"].value(name, "none");
    const auto of = [&](const std::map<std::string, Answer>& answers) {
      const auto found = answers.find(name);
      return found == answers.end() ? Answer::No : found->second;
    };
    check("read " + name, of(mine.read), recorded != "none");
    check("write " + name, of(mine.write), recorded == "rw");
  }
  std::set<std::string> own;
  std::set<std::string> any;
  for (const auto& name : worst["env"]) own.insert(std::string(name));
  for (const auto& name : worst["proc"]) any.insert(std::string(name));
  any.insert(own.begin(), own.end());
  for (const auto& [name, answer] : mine.variables) {
    if (name == "DB_PASSWORD") continue;  // only in a file of the project
    check("getenv " + name, answer, any.contains(name));
    check("own " + name, mine.own.at(name), own.contains(name));
  }
  check("tcp", mine.tcp, worst["tcp"]);
  return verdict;
}

}  // namespace

TEST_CASE("Recorded wrapper scripts are covered, and clean where they are clean") {
  const std::string name = GENERATE("wrappers.json", "wrappers-own.json");
  const Json table = ReadJson(std::string(kSourceDir) + "/tests/oracle/data/" + name);
  REQUIRE(table.is_object());
  const char* only = std::getenv("SANDLINT_WRAPPER");
  int good = 0;
  int clean = 0;
  for (const auto& one : table["cases"]) {
    const std::string id = one["id"];
    if (only != nullptr && id.find(only) == std::string::npos) continue;
    if (only != nullptr) std::cerr << id << "\n";
    const Answers mine = Evaluate(one, table, only != nullptr);
    const Verdict verdict = Compare(mine, one["worst"], table);
    std::string unsound;
    for (const std::string& what : verdict.unsound) unsound += what + ", ";
    std::string unclean;
    for (const std::string& what : verdict.unclean) unclean += what + ", ";
    if (std::getenv("SANDLINT_SHOW") != nullptr) {
      std::cerr << id << " UNSOUND: " << unsound << " UNCLEAN: " << unclean << "\n";
    }
    INFO(id + ": " + unsound);
    CHECK(verdict.unsound.empty());
    if (one["kind"] == "good") {
      ++good;
      clean += verdict.unclean.empty() && mine.starts ? 1 : 0;
    }
    if (one["kind"] == "unknowable") {
      const bool full =
          mine.read.contains("$HOME/secret.txt") && mine.read.at("$HOME/secret.txt") == Answer::Yes;
      const bool unknown = std::ranges::any_of(
          mine.variables, [](const auto& pair) { return pair.second == Answer::Unknown; });
      CHECK((full || unknown || !mine.names.empty()));
    }
  }
  if (only == nullptr) {
    CAPTURE(good, clean);
    CHECK(clean * 10 >= good * 8);
  }
}

TEST_CASE("The wrapper scripts of ours still reach what was recorded") {
  const bool able = geteuid() == 0 && std::system("unshare -m -n true 2>/dev/null") == 0 &&
                    std::system("command -v bwrap firejail sudo >/dev/null") == 0;
  if (!able) {
    const char* why = "it needs root, namespaces, bwrap, firejail and sudo";
    if (std::getenv("SANDLINT_REQUIRE_ORACLES") != nullptr) FAIL(why);
    WARN(std::string("skipped: ") + why);
    return;
  }
  const std::string folder = std::string(kSourceDir) + "/tests/oracle/";
  CHECK(std::system((folder + "wrappers/run.sh " + folder + "data/wrappers-own.json").c_str()) ==
        0);
}

}  // namespace sandlint
