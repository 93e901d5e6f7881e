#include "scanner/need/observe.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/hosts.h"
#include "cli/observed_text.h"
#include "cli/roots.h"
#include "cli/withhold.h"
#include "rules/observed.h"
#include "rules/secrets.h"
#include "scanner/need/policy_text.h"
#include "scanner/scan.h"
#include "scanner/scan_policy.h"
#include "scanner/traces.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples =
    "LOG is a log of strace or fs_usage, a directory of logs, or the name that `strace -ff -o` "
    "was\n"
    "given. Four lists say how what was observed stands to what is granted and documented; below\n"
    "them stands the need as a table for .sandlint.toml. All of stdout is valid TOML.\n"
    "\n"
    "Record a run with:\n"
    "  strace -ff -y -s 1024 -e trace=%file,%network,%process,fchdir,dup,dup2,dup3,close \\\n"
    "    -o traces/files node server.js\n"
    "\n"
    "Examples:\n"
    "  sandlint observe traces/files --server files\n"
    "  sandlint observe traces/files --server files --write";

struct Options {
  std::vector<std::string> logs;
  std::string server;
  std::string config = ".";
  std::string host = "symbolic";
  std::string home;
  std::string directory;
  bool write = false;
};

/// The texts of every log, which the observation points into.
struct Logs {
  std::vector<std::unique_ptr<Source>> sources;
  std::vector<const Source*> Pointers() const {
    std::vector<const Source*> all;
    for (const auto& source : sources) all.push_back(source.get());
    return all;
  }
};

bool ReadLogs(const std::vector<std::string>& names, Logs& logs) {
  for (const std::string& name : names) {
    std::error_code error;
    const fs::path absolute = fs::weakly_canonical(fs::absolute(name, error), error);
    if (error) {
      Complain("{}: cannot be read: {}", Visible(name), error.message());
      return false;
    }
    const auto reader = MakeDiskReader(absolute.parent_path().string());
    TraceFiles trace = ReadTraceFiles(*reader, absolute.filename().string());
    if (!trace.problem.empty()) {
      Complain("{}: cannot be read: {}", Visible(name), Visible(trace.problem));
      return false;
    }
    for (auto& [path, text] : trace.files) {
      logs.sources.push_back(std::make_unique<Source>(Source{path, std::move(text), false}));
    }
  }
  return true;
}

/// `name` relative to the tree; nothing where it lies outside of it.
std::optional<std::string> InTree(const std::string& name, const std::string& directory) {
  std::error_code error;
  const fs::path root = fs::canonical(directory, error);
  const fs::path path = fs::weakly_canonical(name, error);
  if (error) return std::nullopt;
  const std::string below = path.lexically_relative(root).generic_string();
  if (below.empty() || below == "." || below.starts_with("..")) return std::nullopt;
  return below;
}

PolicyEntry EntryOf(const Options& options, const ObservedNeed& need, const Observation& seen,
                    const Root& root) {
  PolicyEntry entry;
  entry.server = options.server;
  entry.remarks = need.left_out;
  // An empty list says "none", which a log with gaps does not show.
  if (!need.paths.empty() || seen.gaps.empty()) entry.paths = need.paths;
  if (!need.hosts.empty() || seen.gaps.empty()) entry.hosts = need.hosts;
  for (const std::string& log : options.logs) {
    if (auto path = InTree(log, root.directory)) entry.traces.push_back(*path);
  }
  return entry;
}

bool WritePolicy(const PolicyEntry& entry, const Root& root) {
  const auto reader = MakeDiskReader(root.directory);
  const ReadResult before = reader->Read(kPolicyFile);
  const std::string path = (fs::path(root.directory) / kPolicyFile).string();
  struct stat status {};
  const bool link = lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  if (link || (before.status != ReadStatus::Ok && before.status != ReadStatus::Missing)) {
    Complain("{}: {}", kPolicyFile, link ? "it is no regular file" : before.problem);
    return false;
  }
  std::string problem;
  const auto merged = MergePolicy(before.text, entry, problem);
  if (!merged) {
    Complain("{}: {}; add this by hand:\n{}", kPolicyFile, Visible(problem), PolicyTable(entry));
    return false;
  }
  if (!WriteFile(path, *merged, problem)) {
    Complain("{}", problem);
    return false;
  }
  Complain("{} is written", kPolicyFile);
  return true;
}

std::shared_ptr<const HostFacts> HostOf(const Options& options) {
  if (options.host == "symbolic") return nullptr;  // the one that the scan makes
  HostWish wish;
  wish.kind = options.host;
  std::string problem;
  auto host = MakeHost(wish, problem);
  if (host == nullptr) Complain("--host: {}", problem);
  return host;
}

int Report(const Options& options, const Root& root, const Workspace& workspace,
           const Server& server, const Logs& logs) {
  Observation seen = Observe(logs.Pointers(), options.directory);
  if (!options.home.empty()) seen.home = options.home;
  if (seen.Empty()) {
    Complain("nothing in these files is a line that strace or fs_usage writes");
    return kIncomplete;
  }
  const ObservedComparison compared = CompareObserved(server, seen, *workspace.host);
  const ObservedNeed need = NeedOfObserved(compared, server, *workspace.host);
  const PolicyEntry entry = EntryOf(options, need, seen, root);
  const std::string lists = ObservedLists(compared, seen, options.write ? "" : "# ");
  if (!WriteOut(options.write ? lists : lists + "\n" + PolicyTable(entry))) return kIncomplete;
  return options.write && !WritePolicy(entry, root) ? kIncomplete : kDone;
}

int RunObserve(const Options& options) {
  std::vector<std::string> problems;
  const std::vector<Root> roots = RootsOf({options.config}, problems);
  for (const std::string& problem : problems) Complain("{}", problem);
  Logs logs;
  if (roots.empty() || !ReadLogs(options.logs, logs)) return kIncomplete;
  ScanOptions scan{roots.front().paths, HostOf(options), nullptr};
  if (options.host != "symbolic" && scan.host == nullptr) return kIncomplete;
  const auto reader = MakeDiskReader(roots.front().directory);
  const Workspace workspace = Scan(*reader, scan);
  WithholdFromOutput(SecretsIn(workspace, {}));
  const auto server = std::ranges::find_if(
      workspace.servers, [&](const Server& one) { return one.Name() == options.server; });
  if (server == workspace.servers.end()) {
    Complain("there is no server '{}' in {}; `sandlint show` lists them", Visible(options.server),
             Visible(options.config));
    return kIncomplete;
  }
  return Report(options, roots.front(), workspace, *server, logs);
}

std::function<int()> DeclareObserve(CLI::App& app, const Invocation&) {
  auto options = std::make_shared<Options>();
  app.add_option("LOG", options->logs, "Logs of strace or fs_usage")->required();
  app.add_option("--server", options->server, "The name of the server that was traced")
      ->required()
      ->type_name("NAME");
  app.add_flag("--write", options->write, "Add the need to .sandlint.toml");
  app.add_option("--config", options->config, "A config file or a tree; default: this directory")
      ->type_name("FILE");
  app.add_option("--host", options->host, "symbolic (default), live, or a FILE that describes one")
      ->type_name("KIND");
  app.add_option("--home", options->home,
                 "The home that the traced run used; default: as the log shows")
      ->type_name("DIR");
  app.add_option("--directory", options->directory,
                 "Where the traced run was started; default: as the log shows")
      ->type_name("DIR");
  return [options] { return RunObserve(*options); };
}

}  // namespace

const Command kObserve{"observe", "Compare a trace with grant and need, and write the need",
                       kExamples, DeclareObserve};

}  // namespace sandlint
