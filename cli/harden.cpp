#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>

#include "cli/command.h"
#include "cli/config_edit.h"
#include "cli/console.h"
#include "cli/diff.h"
#include "cli/hosts.h"
#include "cli/roots.h"
#include "harden/plan.h"
#include "rules/rule.h"
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

/// Path -> new text, relative to the root.
using Changes = std::map<std::string, std::string, std::less<>>;

struct Work {
  const Root& root;
  const FileReader& reader;
  const ScanOptions& scan;
  const Hardener& hardener;
  Changes changes;
  std::map<const Source*, std::vector<LaunchEdit>> edits;
  std::vector<std::string> executables;
  std::vector<std::string> done;  ///< names of servers
  bool failed = false;
};

void Say(std::string_view server, std::string_view kind, const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    Complain("{}: {}: {}", Visible(server), kind, Visible(line));
}

void HardenOne(Work& work, const Server& server, const Workspace& workspace) {
  const HardenPlan plan =
      PlanFor(server, {workspace.host.get(), workspace.host->WorkingDirectory()});
  if (!plan.refused.empty()) {
    Complain("{}: not hardened: {}", Visible(server.Name()), Visible(plan.refused));
    work.failed = true;
    return;
  }
  Hardened result = work.hardener.write(plan);
  const Source* source = server.decl.entry.source;
  const std::string folder = fs::path(source->path).parent_path().generic_string();
  for (WrittenFile& file : result.files) {
    const std::string path = folder.empty() ? file.path : folder + "/" + file.path;
    if (file.executable) work.executables.push_back(path);
    work.changes[path] = std::move(file.text);
  }
  work.edits[source].push_back({&server.decl, result.launch});
  work.done.push_back(server.Name());
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
  bool fails = false;
  for (const Finding& finding : RunRules(workspace)) {
    if (finding.severity != Severity::Error) continue;
    if (std::ranges::find(work.done, finding.server) == work.done.end()) continue;
    Complain("{}: still open: {} [{}]", Visible(finding.server), Visible(finding.message),
             finding.rule);
    fails = true;
  }
  return fails;
}

/// Every component below the root is a directory of its own: nothing is written behind a link.
bool LeavesRoot(const std::string& root, const std::string& path) {
  fs::path at = root;
  for (const fs::path& part : fs::path(path)) {
    at /= part;
    struct stat status {};
    if (lstat(at.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) return true;
    if (part == "..") return true;
  }
  return false;
}

bool WriteChanges(const Work& work) {
  for (const auto& [path, text] : work.changes) {
    const fs::path file = fs::path(work.root.directory) / path;
    std::string problem;
    std::error_code error;
    if (LeavesRoot(work.root.directory, path)) {
      Complain("{}: a link is in the way; nothing is written behind it", Visible(path));
      return false;
    }
    fs::create_directories(file.parent_path(), error);
    if (!WriteFile(file.string(), text, problem)) {
      Complain("{}", problem);
      return false;
    }
    const bool executable = std::ranges::find(work.executables, path) != work.executables.end();
    if (executable) fs::permissions(file, fs::perms{0755}, error);
    Complain("{} is written", Visible(path));
  }
  return true;
}

bool PrintChanges(const Work& work) {
  std::string text;
  for (const auto& [path, after] : work.changes) {
    const ReadResult before = work.reader.Read(path);
    text += UnifiedDiff(
        path, before.status == ReadStatus::Ok ? std::optional(before.text) : std::nullopt, after);
  }
  return WriteOut(text);
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
  std::vector<std::string> problems;
  const std::vector<Root> roots = RootsOf({options.config}, problems);
  for (const std::string& problem : problems) Complain("{}", problem);
  if (roots.empty()) return kIncomplete;
  ScanOptions scan{roots.front().paths, nullptr, nullptr};
  if (options.host != "symbolic") {
    std::string problem;
    HostWish wish;
    wish.kind = options.host;
    scan.host = MakeHost(wish, problem);
    if (scan.host == nullptr) {
      Complain("--host: {}", problem);
      return kIncomplete;
    }
  }
  const auto reader = MakeDiskReader(roots.front().directory);
  const Workspace workspace = Scan(*reader, scan);
  Work work{roots.front(), *reader, scan, *FindHardener(options.with), {}, {}, {}, {}, false};
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
  const bool written = options.write ? WriteChanges(work) : PrintChanges(work);
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
