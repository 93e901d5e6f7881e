#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "cli/changes.h"
#include "cli/command.h"
#include "cli/config_edit.h"
#include "cli/config_root.h"
#include "cli/console.h"
#include "cli/withhold.h"
#include "harden/plan.h"
#include "rules/handed_secrets.h"
#include "rules/rule.h"
#include "rules/secrets.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples =
    "Writes the narrowest profile that meets what a server is known to need, and the launch that "
    "uses\n"
    "it. Without --write nothing is changed: a diff is printed. What a person has to do, and what "
    "the\n"
    "result cannot promise, stands on stderr.\n"
    "\n"
    "Examples:\n"
    "  sandlint harden files --with bwrap\n"
    "  sandlint harden files --with bwrap | git apply\n"
    "  sandlint harden --all --with firejail --write\n"
    "\n"
    "Exit code: 0 done, 1 the result still has findings of severity error, 2 error.";

struct Options {
  std::string server;
  std::string with;
  std::string config = ".";
  std::string host = "symbolic";
  bool all = false;
  bool write = false;
};

struct Work {
  const FileReader& reader;
  const ScanOptions& scan;
  const Hardener& hardener;
  const std::string& root;
  Changes changes;
  std::map<const Source*, std::vector<LaunchEdit>> edits;
  std::vector<std::string> executables;
  std::set<std::pair<std::string, std::string>> done;  ///< config and name of each server
  std::set<std::string> absent;                        ///< servers whose user is still to be made
  bool failed = false;
};

void Say(std::string_view server, std::string_view kind, const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    Complain("{}: {}: {}", Visible(server), kind, Visible(line));
}

/// The config of `server` where another one declares its name too: users and firewall tables are
/// those of the machine.
std::string ConfigToTellApart(const Server& server, const Workspace& workspace) {
  const Source* config = server.decl.entry.source;
  const bool alone = std::ranges::none_of(workspace.servers, [&](const Server& other) {
    return other.Name() == server.Name() && other.decl.entry.source != config;
  });
  return alone ? std::string{} : config->path;
}

/// A literal secret in the arguments would stand in what is written, readable for every process.
std::string SecretInArguments(const Server& server) {
  for (const HandedSecret& handed : HandedSecrets(server)) {
    if (handed.place != SecretPlace::Argument) continue;
    return fmt::format("its launch holds {}: move it to a variable first", Describe(handed));
  }
  return {};
}

/// A variable whose value stands in the config goes by its name; the value stays where it is.
void SayLiterals(const Server& server, Hardened& result) {
  for (const HandedSecret& handed : HandedSecrets(server)) {
    if (handed.place != SecretPlace::Environment) continue;
    result.unmet.push_back(fmt::format("its config holds {}: put ${{{}}} in its place",
                                       Describe(handed), handed.name));
  }
}

/// What stands in the project and decides what runs there, by the names that are in use.
std::vector<std::string> DecidingFiles(const Server& server, const std::string& root) {
  const fs::path config = server.decl.entry.source->path;
  std::vector<std::string> files{config.filename().string(), std::string(kHardenFolder)};
  for (const char* name : {".sandlint.toml", ".claude", ".git/hooks"}) {
    std::error_code error;
    if (fs::exists(fs::path(root) / config.parent_path() / name, error)) files.emplace_back(name);
  }
  return files;
}

Hardened ResultFor(const Work& work, const Server& server, const Workspace& workspace) {
  HardenFacts facts{workspace.host.get(), workspace.host->WorkingDirectory()};
  facts.deciding = DecidingFiles(server, work.root);
  facts.config = ConfigToTellApart(server, workspace);
  const HardenPlan plan = PlanFor(server, facts);
  Hardened result;
  result.refused = plan.refused.empty() ? SecretInArguments(server) : plan.refused;
  if (result.refused.empty()) result = work.hardener.write(plan);
  SayLiterals(server, result);
  RecordOpen(result);
  return result;
}

void HardenOne(Work& work, const Server& server, const Workspace& workspace) {
  Hardened result = ResultFor(work, server, workspace);
  if (!result.refused.empty()) {
    Complain("{}: not hardened: {}", Visible(server.Name()), Visible(result.refused));
    work.failed = true;
    return;
  }
  const Source* source = server.decl.entry.source;
  const std::string folder = fs::path(source->path).parent_path().generic_string();
  for (WrittenFile& file : result.files) {
    const std::string path = folder.empty() ? file.path : folder + "/" + file.path;
    if (file.executable) work.executables.push_back(path);
    work.changes[path] = std::move(file.text);
  }
  work.edits[source].push_back({&server.decl, result.launch});
  work.done.emplace(source->path, server.Name());
  const HostFacts& host = *workspace.host;
  const auto user = std::ranges::find(result.launch, "-u");
  if (!host.Symbolic() && result.launch.front() == "sudo" && user != result.launch.end() &&
      !host.UserByName(*std::next(user))) {
    work.absent.insert(server.Name());
    result.unmet.push_back(*std::next(user) +
                           " is no user of this machine yet: what the rules hold was not checked");
  }
  Say(server.Name(), "do first", result.steps);
  Say(server.Name(), "open", result.unmet);
}

void EditConfigs(Work& work) {
  for (const auto& [source, edits] : work.edits) {
    std::string problem;
    std::string text = EditLaunches(*source, edits, problem);
    if (!problem.empty()) {
      Complain("{}: give these launches by hand", problem);
      for (const LaunchEdit& edit : edits) {
        Complain("{}: {}", Visible(edit.decl->name.text),
                 Visible(fmt::format("{}", fmt::join(edit.argv, " "))));
      }
      work.failed = true;
      continue;
    }
    work.changes[source->path] = std::move(text);
  }
}

/// The result, checked again. True when a finding of severity error is left.
bool StillFails(const Work& work) {
  const auto reader = MakeOverlayReader(work.reader, work.changes);
  const Workspace workspace = Scan(*reader, work.scan);
  WithholdFromOutput(SecretsIn(workspace, {}));
  bool fails = false;
  for (const Finding& finding : RunRules(workspace)) {
    if (finding.severity != Severity::Error) continue;
    if (finding.server_index < 0) continue;
    const Server& server = workspace.servers[static_cast<std::size_t>(finding.server_index)];
    if (!work.done.contains({server.decl.entry.source->path, server.Name()})) continue;
    const bool of_rules = finding.rule.starts_with("egress-");
    if (of_rules && work.absent.contains(server.Name())) continue;  // said
    Complain("{}: still open: {} [{}]", Visible(finding.server), Visible(finding.message),
             finding.rule);
    fails = true;
  }
  return fails;
}

bool Wanted(const Server& server, const Options& options) {
  if (options.all) return !server.Remote() && server.decl.loads;
  return server.Name() == options.server;
}

int RunHarden(const Options& options) {
  if (options.all == !options.server.empty()) {
    Complain("name one server, or say --all");
    return kIncomplete;
  }
  const auto target = OpenConfig(options.config, options.host);
  if (!target) return kIncomplete;
  const std::string& root = target->root.directory;
  const auto reader = MakeDiskReader(root);
  const Workspace workspace = Scan(*reader, target->scan);
  WithholdFromOutput(SecretsIn(workspace, {}));
  Work work{*reader, target->scan, *FindHardener(options.with), root, {}, {}, {}, {}, {}, false};
  const auto& servers = workspace.servers;
  if (std::ranges::none_of(servers, [&](const Server& one) { return Wanted(one, options); })) {
    Complain("there is no such server in {}; `sandlint show` lists them", Visible(options.config));
    return kIncomplete;
  }
  for (const Server& server : servers) {
    if (Wanted(server, options)) HardenOne(work, server, workspace);
  }
  EditConfigs(work);
  const bool fails = StillFails(work);
  const bool written = options.write ? WriteChanges(work.changes, work.executables, root)
                                     : PrintChanges(work.changes, *reader, workspace);
  if (!written || (work.failed && !options.all)) return kIncomplete;
  return fails ? kFindings : kDone;
}

std::function<int()> DeclareHarden(CLI::App& app, const Invocation&) {
  auto options = std::make_shared<Options>();
  std::vector<std::string> names;
  std::string titles;
  for (const Hardener& hardener : AllHardeners()) {
    names.emplace_back(hardener.name);
    titles += fmt::format("\n{}: {}", hardener.name, hardener.title);
  }
  app.add_option("SERVER", options->server, "The name of a server");
  app.add_option("--with", options->with, "The tool:" + titles)
      ->check(CLI::IsMember(names))
      ->required()
      ->type_name("TOOL");
  app.add_flag("--all", options->all, "Every server of the config");
  app.add_flag("--write", options->write, "Change the files in place");
  app.add_option("--config", options->config, "A config file or a tree; default: this directory")
      ->type_name("FILE");
  app.add_option("--host", options->host, "symbolic (default), live, or a FILE that describes one")
      ->type_name("KIND");
  return [options] { return RunHarden(*options); };
}

}  // namespace

const Command kHarden{"harden", "Write the narrowest profile that meets a server's need", kExamples,
                      DeclareHarden};

}  // namespace sandlint
