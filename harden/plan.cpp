#include "harden/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "harden/carried.h"
#include "harden/guard.h"
#include "harden/own_files.h"
#include "harden/program.h"
#include "harden/words.h"

namespace sandlint {
namespace {

/// What every program of an ordinary Linux system reads: name service, certificates, time zone.
constexpr auto kSystemFiles = std::to_array<std::string_view>(
    {"/etc/alternatives", "/etc/ssl", "/etc/ca-certificates", "/etc/nsswitch.conf", "/etc/hosts",
     "/etc/passwd", "/etc/group", "/etc/localtime"});
/// What a browser of the system reads beside them.
constexpr auto kBrowserFiles =
    std::to_array<std::string_view>({"/etc/chromium", "/etc/chromium.d", "/etc/fonts"});
constexpr std::string_view kResolver = "/etc/resolv.conf";

void AddPath(HardenPlan& plan, PlanWord path, bool write, std::string why, bool optional = false) {
  const std::string plain = PlainWord(path);
  for (PlanPath& known : plan.paths) {
    if (PlainWord(known.path) != plain) continue;
    known.write = known.write || write;
    return;
  }
  plan.paths.push_back({std::move(path), write, optional, false, std::move(why)});
}

void AddSystemFile(HardenPlan& plan, std::string_view file, std::string why) {
  plan.paths.push_back(
      {{{PlanPiece::Kind::Text, std::string(file)}}, false, true, true, std::move(why)});
}

void AddVariable(HardenPlan& plan, const std::string& name) {
  if (!IsName(name)) {
    plan.unmet.push_back(
        fmt::format("'{}' is no name of a variable: it is not passed on", CommentText(name)));
  } else if (SteersWrapper(name)) {
    plan.unmet.push_back(fmt::format(
        "{} steers what starts the sandbox: it is not passed on; take it out of the config", name));
  } else if (std::ranges::find(plan.variables, name) == plan.variables.end()) {
    plan.variables.push_back(name);
  }
}

bool LooksLikePath(const Word& word) {
  const std::string_view text = word.text;
  return text.starts_with('/') || text == "~" || text.starts_with("~/") || text == "." ||
         text.starts_with("./") || text.starts_with("../") ||
         (!word.holes.empty() && word.holes.front().begin == 0);
}

/// `.` and `./x` are the project and what is below it.
PlanWord PathOf(const Word& word, const HardenFacts& facts) {
  if (word.text == "." || word.text.starts_with("./")) {
    Word below = word;
    below.holes.clear();
    return Below({{PlanPiece::Kind::Project, {}}}, std::string_view(below.text).substr(1));
  }
  return PlanWordOf(word, facts);
}

/// Shared with every other program: a sandbox gives the server one of its own.
bool IsOwnAnyway(std::string_view path) {
  constexpr auto kPaths = std::to_array<std::string_view>({"/tmp", "/var/tmp", "/dev/shm"});
  return std::ranges::find(kPaths, path) != kPaths.end();
}

/// The folder around a file, unless it holds much else.
std::optional<PlanWord> OwnFolder(PlanWord file, const HostFacts& host) {
  std::string& last = file.back().text;
  const std::size_t slash = last.rfind('/');
  if (file.back().kind != PlanPiece::Kind::Text || slash == last.npos) return std::nullopt;
  last.resize(slash);
  const std::string plain = PlainWord(file);
  const std::string home = host.Caller().home;
  if (plain == "~" || plain == "." || plain.empty() || IsOwnAnyway(plain)) return std::nullopt;
  if (home.starts_with(plain + "/") || home == plain) return std::nullopt;
  return file;
}

/// The path that a variable names, where the config sets it; a script cannot bind what is not set.
/// `folder`: what is needed is the folder of what it names.
void AddVariablePath(HardenPlan& plan, const std::string& name, bool folder, bool write,
                     const Server& server, const HardenFacts& facts) {
  const auto& settings = server.decl.environment;
  const auto set = std::ranges::find_if(
      settings, [&](const Setting& setting) { return setting.key.text == name; });
  if (!IsName(name)) return AddVariable(plan, name);  // says so
  if (set == settings.end()) {
    plan.unmet.push_back(fmt::format(
        "it works on the path in {}, which the config does not set: it gets no such path", name));
    return;
  }
  AddVariable(plan, name);
  // A client expands no variable of the entry itself in its arguments.
  const bool literal = set->value.Known() && LooksLikePath(set->value);
  PlanWord path = literal ? PathOf(set->value, facts) : PlanWord{{PlanPiece::Kind::Variable, name}};
  if (write) {
    plan.unmet.push_back(fmt::format("make sure that {} is there: what is missing cannot be shown",
                                     PlainWord(path)));
  }
  std::string why = "named by " + name;
  if (folder) {
    if (auto parent = literal ? OwnFolder(path, *facts.host) : std::nullopt) {
      path = std::move(*parent);
      why = "the folder of what is " + why;
    } else {
      plan.unmet.push_back(
          fmt::format("it replaces {} by a new file, and so writes in its folder: "
                      "give it a folder of its own",
                      PlainWord(path)));
    }
  }
  AddPath(plan, std::move(path), write, std::move(why));
}

/// A path of the need: `~/x ro`, `@args`, `@cwd`, `@env:VAR`, absolute.
void AddNeededPath(HardenPlan& plan, const NeededPath& needed, const Server& server,
                   const std::vector<Word>& arguments, const HardenFacts& facts) {
  const std::string& path = needed.path;
  if (IsOwnAnyway(path)) return;
  if (path == "@args") {
    for (const Word& word : arguments) {
      if (LooksLikePath(word)) AddPath(plan, PathOf(word, facts), needed.write, "its argument");
    }
  } else if (path == "@cwd") {
    AddPath(plan, {{PlanPiece::Kind::Project, {}}}, needed.write, "it works in the project");
  } else if (path.starts_with("@env:") || path.starts_with("@env-dir:")) {
    AddVariablePath(plan, path.substr(path.find(':') + 1), path.starts_with("@env-dir:"),
                    needed.write, server, facts);
  } else if (!path.starts_with('@') && path.find('*') == path.npos) {
    AddPath(plan, PlanWordOf(path, facts), needed.write, plan.why, true);
  } else {
    plan.unmet.push_back(
        fmt::format("it needs {}, which has no fixed place: add it by hand", path));
  }
}

/// What npx and uvx need beside the server itself.
bool IsOfLauncher(std::string_view path) {
  constexpr auto kPaths = std::to_array<std::string_view>(
      {"~/.npm", "~/.npmrc", "@node-prefix", "~/.cache/uv", "~/.local/share/uv", "~/.bun"});
  return std::ranges::find(kPaths, path) != kPaths.end();
}

void AddNetwork(HardenPlan& plan, const Need& need) {
  plan.network = need.network == NetworkNeed::Allowlist || need.network == NetworkNeed::Any ||
                 need.network == NetworkNeed::Config;
  for (const std::string& host : need.hosts) {
    if (host.starts_with("registry:")) continue;
    if (IsHost(host.starts_with('@') ? std::string_view(host).substr(1) : host)) {
      plan.hosts.push_back(host);
    } else {
      plan.unmet.push_back(
          fmt::format("'{}' is no name of a host: nothing is opened for it", CommentText(host)));
    }
  }
  if (need.network == NetworkNeed::Allowlist && plan.hosts.empty()) plan.network = false;
  if (need.network == NetworkNeed::Unknown) {
    plan.unmet.emplace_back(
        "which hosts it needs is not known: it gets none. Run it once under strace and let "
        "`sandlint observe` write its need");
  }
}

/// A server that asks for all of the home gets it, secrets included.
void SayWhatIsWide(HardenPlan& plan) {
  for (const PlanPath& path : plan.paths) {
    const std::string plain = PlainWord(path.path);
    if (plain != "~" && plain != "/" && plain != "/home" && plain != "/Users") continue;
    plan.unmet.push_back(
        fmt::format("{} shows every secret in it: name the folders that it needs instead", plain));
  }
}

/// A bind of what is missing keeps every tool from starting.
void SayWhatIsMissing(HardenPlan& plan, const HardenFacts& facts) {
  if (facts.host->Symbolic()) return;
  for (const PlanPath& path : plan.paths) {
    if (path.optional || path.why == "its package" || HasVariable(path.path)) continue;
    if (PlainWord(path.path).starts_with(fmt::format("./{}", kHardenFolder))) continue;
    std::string place;
    for (const PlanPiece& piece : path.path) {
      if (piece.kind == PlanPiece::Kind::Home) place += facts.host->Caller().home;
      if (piece.kind == PlanPiece::Kind::Project) place += facts.project;
      place += piece.text;
    }
    while (place.size() > 1 && place.ends_with('/')) place.pop_back();
    if (!place.starts_with('/') || facts.host->Lstat(place)) continue;
    plan.unmet.push_back(fmt::format("{} is not there: its sandbox does not start before it is",
                                     PlainWord(path.path)));
  }
}

}  // namespace

HardenPlan PlanFor(const Server& server, const HardenFacts& facts) {
  HardenPlan plan;
  plan.server = server.Name();
  // A blank makes it a text that no server's plain name equals.
  plan.name = SafeName(facts.config.empty() ? server.Name() : server.Name() + ' ' + facts.config);
  plan.why = server.need.origin.empty() ? "nothing is known of its need" : server.need.origin;
  plan.server_class = server.need.server_class;
  const ProgramWords words = WordsOfProgram(server);
  plan.refused = words.refused;
  if (!plan.refused.empty()) return plan;

  for (const std::string_view file : kSystemFiles) AddSystemFile(plan, file, "every program");
  if (plan.server_class == ServerClass::Browser) {
    for (const std::string_view file : kBrowserFiles) AddSystemFile(plan, file, "its browser");
  }
  AddNetwork(plan, server.need);
  if (plan.network) AddSystemFile(plan, kResolver, "its name server");
  AddProgram(plan, words, facts);
  for (const NeededPath& path : server.need.paths) {
    // What is installed is not fetched again.
    if (words.package && IsOfLauncher(path.path)) continue;
    AddNeededPath(plan, path, server, OwnArguments(words), facts);
  }
  for (const Setting& setting : server.decl.environment) AddVariable(plan, setting.key.text);
  for (const NeededVariable& variable : server.need.variables) {
    if (variable.required) AddVariable(plan, variable.name);
  }
  AddCarried(plan, server, facts);
  AddGuards(plan, words, facts);
  SayWhatIsWide(plan);
  SayWhatIsMissing(plan, facts);
  std::stable_sort(plan.paths.begin(), plan.paths.end(), [](const PlanPath& a, const PlanPath& b) {
    return PlainWord(a.path).size() < PlainWord(b.path).size();
  });
  plan.refused = RefusalOf(plan);
  return plan;
}

}  // namespace sandlint
