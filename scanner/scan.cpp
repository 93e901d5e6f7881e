#include "scanner/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "model/run.h"
#include "scanner/allowlist.h"
#include "scanner/clients/clients.h"
#include "scanner/discover/discover.h"
#include "scanner/files/host.h"
#include "scanner/firewalls.h"
#include "scanner/need/need.h"
#include "scanner/parse/bounds.h"
#include "scanner/peel/devcontainer.h"
#include "scanner/peel/peel.h"
#include "scanner/scan_documents.h"
#include "scanner/scan_policy.h"
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

void AddLaunches(Server& server, PeelContext context, const ClientSide& client) {
  for (const Setting& setting : server.decl.environment) {
    context.variables[setting.key.text] = setting.value;
  }
  server.launches = PeelLaunches(ArgvOf(server.decl), context);
  for (Launch& launch : server.launches) EvaluateGrant(launch, &server.decl, client);
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
  ServerDocuments documents(files);
  ClientValues values{options.environment, {}};
  values.home.text = workspace.host->Caller().home;
  workspace.servers.reserve(declared.servers.size());
  for (std::size_t index = 0; index < declared.servers.size(); ++index) {
    Server server;
    server.decl = std::move(declared.servers[index]);
    ResolveVariables(server.decl, values);
    if (!server.Remote() && server.decl.loads) {
      AddLaunches(server,
                  {workspace.host.get(), &files, &workspace, declared.directories[index], {}},
                  client);
    }
    ReportCutLaunches(server, workspace);
    server.package = PackageOf(server);
    server.need = NeedOf(server);
    documents.AddTo(server, workspace);
    AddPolicyNeed(server, workspace.policy);
    CompareAllowlists(server);
    ReadTrace(server, files, workspace);
    workspace.servers.push_back(std::move(server));
  }
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
    AddLaunches(server, {workspace.host.get(), nullptr, &workspace, {}, {}},
                {workspace.host.get(), options.environment, working_directory, nullptr});
  }
  server.package = PackageOf(server);
  server.need = NeedOf(server);
  workspace.servers.push_back(std::move(server));
  return workspace;
}

}  // namespace sandlint
