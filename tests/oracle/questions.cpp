#include "oracle/questions.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "scanner/grant/grant.h"
#include "scanner/peel/peel.h"

namespace sandlint::oracle {
namespace {

namespace fs = std::filesystem;

constexpr int kConnect = 8;
constexpr int kFileRights = 15;

/// What cannot be opened without a terminal.
bool IsTerminal(const std::string& path) {
  return path.ends_with("/tty") || path.ends_with("/ptmx") || path.find("/pts") != path.npos;
}

/// Kernel file systems are no part of what `/` holds.
bool IsKernel(const std::string& path) {
  return path == "/proc" || path.starts_with("/proc/") || path == "/dev" ||
         path.starts_with("/dev/") || path == "/sys" || path.starts_with("/sys/");
}

const char* Text(bool yes) { return yes ? "yes" : "no"; }

Json BitsOf(const PathAnswer& answer) {
  return Json::array({answer.rights.bits, answer.possible.bits});
}

Json WhyOf(const PathAnswer& answer) {
  Json why = Json::array();
  for (const Evidence& evidence : answer.because)
    why.push_back({evidence.argv_index, evidence.text});
  return why;
}

std::string ParentOf(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.find_last_of('/'), 1));
}

/// Adds the bits of each path to every directory above it.
void AddUpwards(std::map<std::string, int>& bits, bool kernel_apart) {
  const std::map<std::string, int> single = bits;
  for (const auto& [path, own] : single) {
    for (std::string above = path; above != "/";) {
      above = ParentOf(above);
      if (above == "/" && kernel_apart && IsKernel(path)) break;
      bits[above] |= (own & kConnect) != 0 ? kConnect : own;  // of a socket only that counts
    }
  }
}

int RightsOf(const Json& object) {
  int bits = object[4].get<int>() & kFileRights;
  if ((bits & kConnect) != 0) bits |= 3;  // what is connected is read and written
  return bits;
}

Identity2 IdentityOf(const Json& object) {
  return {object[2].get<std::uint64_t>(), object[3].get<std::uint64_t>()};
}

Json FindReport(const std::string& out) {
  const std::size_t at = out.find("{\"probe\"");
  if (at == std::string::npos) return nullptr;
  Json report = Json::parse(out.substr(at, out.find('\n', at) - at), nullptr, false);
  return report.is_object() ? report : Json(nullptr);
}

std::string Answered(const Json& report, const char* key) {
  return Text(report.contains(key) && report[key] == "ok");
}

struct Sides {
  int said, possible, real;
};

void Count(Json& result, const std::string& what, const Sides& sides, int right, const char* name) {
  const bool said = (sides.said & right) != 0;
  const bool possible = (sides.possible & right) != 0;
  const bool real = (sides.real & right) != 0;
  result["asked"] = result["asked"].get<int>() + 1;
  const char* kind = said ? "yes" : possible ? "unknown" : "no";
  result[kind] = result[kind].get<int>() + 1;
  if (!possible && real) result["unsound"].push_back(what + ": " + name + " is possible");
  if (said && !real) result["false_yes"].push_back(what + ": " + name + " is not possible");
}

void CountPaths(Json& result, const char* kind, const Json& said, const Json& real,
                const Strings& paths) {
  constexpr std::array kRights = {std::pair{1, "read"}, std::pair{2, "write"}, std::pair{4, "exec"},
                                  std::pair{8, "connect"}};
  for (const std::string& path : paths) {
    if (IsTerminal(path) || path == "/proc") continue;
    const Json& answer = said[kind][path];
    const Sides sides{answer[0].get<int>(), answer[1].get<int>(), real[kind].value(path, 0)};
    for (const auto& [right, name] : kRights) {
      // That a file cannot be connected to is no answer.
      const bool trivial = right > 2 && ((sides.possible | sides.real) & right) == 0;
      if (trivial) continue;
      Count(result, std::string(kind) + ' ' + path, sides, right, name);
    }
  }
}

void CountFact(Json& result, const std::string& what, const Json& said, const Json& real) {
  const int bits = said == "yes" ? 1 : 0;
  const int possible = said == "no" ? 0 : 1;
  Count(result, what, {bits, possible, real == "yes" ? 1 : 0}, 1, "it");
}

}  // namespace

Launch LaunchOf(const LaunchInput& input, const HostFacts& host, Source& source) {
  source.is_argv = true;
  source.path = "argv";
  source.text.clear();
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (const std::string& word : input.argv) {
    places.emplace_back(source.text.size(), source.text.size() + word.size());
    source.text += word + '\0';
  }
  std::vector<Word> words;
  for (std::size_t index = 0; index < input.argv.size(); ++index) {
    words.push_back({input.argv[index],
                     {&source, static_cast<std::uint32_t>(places[index].first),
                      static_cast<std::uint32_t>(places[index].second)},
                     {},
                     static_cast<int>(index)});
  }
  std::vector<Setting> environment;
  for (const std::string& one : input.environment) {
    const std::size_t equals = one.find('=');
    Setting setting;
    setting.key.text = one.substr(0, equals);
    setting.value.text = one.substr(equals + 1);
    environment.push_back(std::move(setting));
  }
  PeelContext context;
  context.host = &host;
  std::vector<Launch> launches = PeelLaunches(std::move(words), context);
  if (launches.size() != 1) return {};
  EvaluateGrant(launches[0], nullptr, {&host, &environment, input.directory});
  return std::move(launches[0]);
}

Json AskEvaluator(const Launch& launch, const Questions& questions) {
  const Grant& grant = launch.grant;
  Json said;
  said["starts"] = NameOf(launch.starts);
  said["problems"] = Json::array();
  for (const StartProblem& problem : launch.start_problems) {
    said["problems"].push_back(problem.text);
  }
  for (const std::string& path : questions.host_paths) {
    const PathAnswer answer = grant.paths->OfHost(path);
    said["host"][path] = BitsOf(answer);
    said["why"][path] = WhyOf(answer);
  }
  for (const std::string& path : questions.inside_paths) {
    said["inside"][path] = BitsOf(grant.paths->Inside(path));
  }
  for (const std::string& name : questions.variables) {
    said["variables"][name] = NameOf(grant.environment.Ask(name).answer);
  }
  const bool unknown = grant.egress.mode == NetworkMode::Unknown;
  said["loopback"] = unknown ? "unknown" : Text(grant.egress.reaches_host_loopback);
  said["abstract"] = unknown ? "unknown" : Text(grant.egress.reaches_abstract_sockets);
  said["root"] = NameOf(grant.identity.root_inside);
  // The question is what could go wrong: new privileges can be had, other processes are seen.
  const Answer nnp = grant.identity.no_new_privileges;
  said["privileges"] = nnp == Answer::Unknown ? "unknown" : Text(nnp == Answer::No);
  said["pids"] = Text(!grant.identity.own_pid_namespace);
  said["capable"] = grant.identity.capabilities == CapabilitySet::Unknown
                        ? "unknown"
                        : Text(grant.identity.capabilities != CapabilitySet::None);
  return said;
}

Strings ProbeWords(const Questions& questions) {
  Strings words{"walk=/", "procs", "port=" + std::to_string(kStageTcp),
                "udp=" + std::to_string(kStageUdp), std::string("abstract=") + kStageAbstract};
  std::set<std::string> names;
  for (const auto* paths : {&questions.host_paths, &questions.inside_paths}) {
    for (const std::string& path : *paths) names.insert(fs::path(path).filename());
  }
  for (const std::string& name : names) {
    if (!name.empty() && name != "." && name != "..") words.push_back("name=" + name);
  }
  for (const std::string& path : questions.inside_paths) {
    if (path.starts_with('/')) words.push_back(path);
  }
  return words;
}

std::map<std::string, Identity2> HostObjects(const std::string& root) {
  std::map<std::string, Identity2> objects;
  Strings open{root};
  while (!open.empty()) {
    const std::string path = open.back();
    open.pop_back();
    struct stat node {};
    if (lstat(path.c_str(), &node) != 0) continue;
    objects[path] = {node.st_dev, node.st_ino};
    if (!S_ISDIR(node.st_mode) || path == "/proc" || path == "/dev/pts") continue;
    for (const auto& entry : fs::directory_iterator(path)) open.push_back(entry.path());
  }
  return objects;
}

Json AnswersOf(const std::string& out, const Questions& questions,
               const std::map<std::string, Identity2>& objects) {
  const Json report = FindReport(out);
  if (report.is_null()) return nullptr;
  std::map<Identity2, int> by_identity;
  std::map<std::string, int> inside;
  for (const Json& object : report["tree"]) {
    const std::string path = object[0];
    if (IsTerminal(path)) continue;
    by_identity[IdentityOf(object)] |= RightsOf(object);
    if (path.find("/proc/") == path.npos) inside[path] |= RightsOf(object);
  }
  AddUpwards(inside, false);
  std::map<std::string, int> host;
  for (const auto& [path, identity] : objects) {
    const auto found = by_identity.find(identity);
    if (found != by_identity.end() && !IsTerminal(path)) host[path] |= found->second;
  }
  AddUpwards(host, true);
  Json real;
  real["host"] = real["inside"] = real["variables"] = Json::object();
  for (const std::string& path : questions.host_paths) {
    std::error_code error;
    const fs::path resolved = fs::canonical(path, error);
    real["host"][path] = error ? 0 : host[resolved.string()];
  }
  for (const Json& object : report["paths"]) {
    const std::string resolved = object[5];
    real["inside"][object[0].get<std::string>()] = inside[resolved];
  }
  for (const std::string& name : questions.variables) {
    const bool own = report["env"].contains(name);
    const Json& others = report["proc_env"];
    const bool seen = std::ranges::find(others, Json(name)) != others.end();
    real["variables"][name] = Text(own || seen);
  }
  const bool tcp = Answered(report, "tcp") == "yes" || Answered(report, "udp") == "yes";
  real["loopback"] = Text(tcp || Answered(report, "tcp6") == "yes");
  real["abstract"] = Answered(report, "abstract");
  real["root"] = Text(report["uid"] == 0);
  real["privileges"] = Text(report["nnp"] == 0);
  real["capable"] = Text(report["capeff"] != "0000000000000000");
  if (report.contains("pid_shared")) real["pids"] = report["pid_shared"];
  return real;
}

Json Compare(const Json& said, const Json& real, const Questions& questions) {
  Json result = {{"unsound", Json::array()},
                 {"false_yes", Json::array()},
                 {"asked", 0},
                 {"unknown", 0},
                 {"yes", 0},
                 {"no", 0}};
  CountPaths(result, "host", said, real, questions.host_paths);
  CountPaths(result, "inside", said, real, questions.inside_paths);
  for (const std::string& name : questions.variables) {
    CountFact(result, "variable " + name, said["variables"][name], real["variables"][name]);
  }
  for (const char* fact : {"loopback", "abstract", "root", "privileges", "capable"}) {
    CountFact(result, fact, said[fact], real[fact]);
  }
  return result;
}

}  // namespace sandlint::oracle
