#include "scanner/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "model/parallel.h"
#include "model/run.h"
#include "scanner/allowlist.h"
#include "scanner/clients/clients.h"
#include "scanner/discover/discover.h"
#include "scanner/files/host.h"
#include "scanner/firewalls.h"
#include "scanner/need/need.h"
#include "scanner/parse/bounds.h"
#include "scanner/peel/devcontainer.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peel.h"
#include "scanner/peel/srt_client.h"
#include "scanner/peel/unread.h"
#include "scanner/scan_documents.h"
#include "scanner/scan_policy.h"
#include "scanner/scan_start.h"
#include "scanner/scan_traces.h"

namespace sandlint {
namespace {

/// Homes that any read file mentions: on a symbolic host their secrets count too.
std::shared_ptr<const HostFacts> HostFor(const ScanOptions& options, const Workspace& workspace) {
  if (options.host != nullptr) return options.host;
  SymbolicOptions symbolic;
  for (const auto& source : workspace.sources) CollectHomes(source->text, symbolic.other_homes);
  return MakeSymbolicHost(std::move(symbolic));
}

/// The argv that the client executes, each word with its index.
std::vector<Word> ArgvOf(const ServerDecl& decl) {
  std::vector<Word> argv{decl.command};
  argv.insert(argv.end(), decl.args.begin(), decl.args.end());
  for (std::size_t index = 0; index < argv.size(); ++index) {
    argv[index].argv_index = static_cast<int>(index);
  }
  return argv;
}

bool IsFirewall(const FoundFile& file) {
  return file.kind == FileKind::Firewall || file.kind == FileKind::Script;
}

constexpr std::string_view kLost = "where its client starts it is not known";
constexpr const char* kNotOnWindows =
    "the client runs on Linux or macOS: elsewhere it ignores the sandbox of its config";

/// $HOME of the client, which need not be the home of its user.
void AddHome(const ClientSide& client, PeelContext& context) {
  if (client.environment == nullptr) return;
  for (const Setting& setting : *client.environment) {
    const bool home = setting.key.text == "HOME" && setting.value.text.starts_with('/');
    if (home) context.variables["HOME"] = setting.value;
  }
}

/// What is not known of the entry itself is a doubt about each of its launches.
void DoubtLaunches(Server& server, const StartPlace& start) {
  for (Launch& launch : server.launches) {
    if (launch.layers.empty()) continue;
    if (start.lost && DependsOnStart(launch.layers)) {
      AddNote(launch.layers.back(), start.word, Facet::Paths, std::string(kLost));
    }
    for (const Note& note : server.decl.notes) {
      if (note.facets != Facet::None) launch.layers.back().notes.push_back(note);
    }
  }
}

void Peel(Server& server, PeelContext context, const ClientSide& client) {
  AddHome(client, context);
  const StartPlace start = StartPlaceOf(server.decl, *context.host);
  if (!start.directory.empty()) context.working_directory = start.directory;
  context.lost_directory = start.lost;
  for (const EnvEdit& edit : server.decl.inherits.edits) {
    if (edit.kind == EnvKind::Set) context.variables[edit.name.text] = edit.value;
    if (edit.kind == EnvKind::Unset) context.variables.erase(edit.name.text);
  }
  for (const Setting& setting : server.decl.environment) {
    context.variables[setting.key.text] = setting.value;
  }
  std::vector<Word> argv = ArgvOf(server.decl);
  if (server.decl.sandbox) argv = InClientSandbox(std::move(argv), *server.decl.sandbox, context);
  server.launches = PeelLaunches(std::move(argv), context);
  DoubtLaunches(server, start);
}

void Evaluate(Server& server, ClientSide client) {
  const StartPlace start = StartPlaceOf(server.decl, *client.host);
  if (!start.directory.empty()) client.working_directory = start.directory;
  for (Launch& launch : server.launches) {
    EvaluateGrant(launch, &server.decl, client);
    if (server.decl.sandbox) launch.grant.assuming.emplace_back(kNotOnWindows);
  }
  server.package = PackageOf(server);
  server.need = NeedOf(server);
}

/// Where a bound ended the analysis of a launch, what is behind it was not looked at.
void ReportCutLaunches(const Server& server, Workspace& workspace) {
  for (const Launch& launch : server.launches) {
    for (const Note& note : launch.notes) {
      if (!NamesBound(note.why)) continue;
      const Span& place = note.word.span ? note.word.span : server.decl.entry;
      if (!place) continue;
      FileReport report{place.source->path, kLaunchReport, FileStatus::Unreadable, {}, place};
      report.problem =
          fmt::format("the launch of '{}' is not followed to its end: {}", server.Name(), note.why);
      const auto same = [&](const FileReport& one) { return one.where == place; };
      if (std::ranges::none_of(workspace.files, same)) workspace.files.push_back(std::move(report));
    }
  }
}

/// Takes the servers of a workspace from their declaration to their need, some at a time: what
/// reads files goes in order, what only thinks goes on all cores.
class ServerScan {
 public:
  ServerScan(const FileReader& files, const ScanOptions& options, const ClientSide& client,
             const Declared& declared, Workspace& workspace)
      : files_(files),
        options_(options),
        client_(client),
        directories_(declared.directories),
        workspace_(workspace),
        documents_(files),
        values_{options.environment, {}} {
    values_.home.text = workspace.host->Caller().home;
  }

  void Run() {
    // Few enough for the views of all of them to be held.
    constexpr std::size_t kAtOnce = 128;
    const std::size_t all = workspace_.servers.size();
    for (std::size_t begin = 0; begin < all; begin += kAtOnce) {
      Some(begin, std::min(kAtOnce, all - begin));
    }
  }

 private:
  void Some(std::size_t begin, std::size_t count) {
    std::vector<std::vector<FileReport>> unread(count);
    for (std::size_t index = 0; index < count; ++index) {
      const std::size_t known = workspace_.files.size();
      Start(begin + index);
      const auto first = workspace_.files.begin() + static_cast<std::ptrdiff_t>(known);
      unread[index].assign(std::make_move_iterator(first),
                           std::make_move_iterator(workspace_.files.end()));
      workspace_.files.resize(known);
    }
    InParallel(count,
               [&](std::size_t index) { Evaluate(workspace_.servers[begin + index], client_); });
    for (std::size_t index = 0; index < count; ++index) {
      Finish(workspace_.servers[begin + index], std::move(unread[index]));
    }
    if (!options_.judge) return;
    InParallel(count, [&](std::size_t index) { options_.judge(workspace_, begin + index); });
  }

  void Start(std::size_t index) {
    Server& server = workspace_.servers[index];
    values_.workspace = WorkspaceOf(server.decl, *workspace_.host);
    ResolveVariables(server.decl, values_);
    if (server.Remote() || !server.decl.loads) return;
    Peel(server, {workspace_.host.get(), &files_, &workspace_, directories_[index], {}}, client_);
  }

  void Finish(Server& server, std::vector<FileReport> unread) {
    for (FileReport& report : unread) {
      ReportUnread(report.path, std::move(report.problem), {.workspace = &workspace_});
    }
    ReportCutLaunches(server, workspace_);
    documents_.AddTo(server, workspace_);
    AddPolicyNeed(server, workspace_.policy);
    CompareAllowlists(server);
    ReadTrace(server, files_, workspace_);
  }

  const FileReader& files_;
  const ScanOptions& options_;
  const ClientSide& client_;
  const std::vector<std::string>& directories_;
  Workspace& workspace_;
  ServerDocuments documents_;
  ClientValues values_;
};

/// Nobody has to open the tree in its container: that is said, and makes no answer better.
void AssumeNoDevcontainer(Workspace& workspace, const PeelContext& context) {
  const std::vector<Devcontainer> containers = ReadDevcontainers(context);
  for (Server& server : workspace.servers) {
    for (Launch& launch : server.launches) {
      for (const Devcontainer& container : containers) {
        launch.grant.assuming.push_back(DescribeDevcontainer(container));
      }
    }
  }
}

}  // namespace

Workspace Scan(const FileReader& files, const ScanOptions& options) {
  Workspace workspace;
  ReadWorkspacePolicy(files, options, workspace);
  std::vector<FoundFile> found = Discover(files, options.paths, workspace);
  DropExcluded(found, workspace);
  std::vector<FoundFile> rules;
  std::ranges::copy_if(found, std::back_inserter(rules), IsFirewall);
  std::erase_if(found, IsFirewall);
  Declared declared = ReadClients(found, files, workspace);
  workspace.settings = std::move(declared.settings);
  workspace.host = HostFor(options, workspace);
  const auto tree = std::make_shared<TreeHandle>(TreeHandle{&files, options.kept});
  if (workspace.host->Symbolic()) workspace.host = WithTreeLinks(workspace.host, tree);
  const HostFirewalls firewalls = ReadFirewallFiles(rules, files, workspace);
  const EgressNames accounts = AccountsOf(*workspace.host);
  const ClientSide client{workspace.host.get(), options.environment, {}, &firewalls, &accounts};
  workspace.servers.resize(declared.servers.size());
  for (std::size_t index = 0; index < declared.servers.size(); ++index) {
    workspace.servers[index].decl = std::move(declared.servers[index]);
  }
  ServerScan(files, options, client, declared, workspace).Run();
  AssumeNoDevcontainer(workspace, {workspace.host.get(), &files, &workspace, {}, {}});
  AddFirewallRemarks(firewalls, accounts, workspace);
  if (options.kept == nullptr) tree->reader = nullptr;
  return workspace;
}

Workspace ScanArgv(const std::vector<std::string>& argv, const ScanOptions& options,
                   const std::string& working_directory) {
  Workspace workspace;
  std::string joined;
  for (const std::string& word : argv) joined += word + '\0';
  workspace.sources.push_back(std::make_unique<Source>(Source{"argv", joined, true}));
  const Source& source = *workspace.sources.back();
  workspace.host = HostFor(options, workspace);

  Server server;
  server.decl.name.text = "argv";
  server.decl.scope = Scope::CommandLine;
  const ClientSide client{workspace.host.get(), options.environment, working_directory, nullptr};
  std::vector<Word> words;
  for (std::uint32_t begin = 0; const std::string& text : argv) {
    const auto end = begin + static_cast<std::uint32_t>(text.size());
    words.push_back({text, {&source, begin, end}, {}, static_cast<int>(words.size())});
    begin = end + 1;
  }
  if (!words.empty()) {
    server.decl.command = words.front();
    server.decl.args.assign(words.begin() + 1, words.end());
    server.decl.entry = words.front().span;
    Peel(server, {workspace.host.get(), nullptr, &workspace, {}, {}}, client);
  }
  Evaluate(server, client);
  workspace.servers.push_back(std::move(server));
  return workspace;
}

}  // namespace sandlint
