#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "cli/console.h"
#include "cli/firewalls.h"
#include "cli/question.h"
#include "cli/roots.h"
#include "cli/target.h"
#include "scanner/files/host.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

/// On a symbolic machine the homes that a question names are there; the first is the caller's.
void AddMentionedHomes(const Question& question, HostWish& wish) {
  if (wish.kind != "symbolic") return;
  CollectHomes(question.target, wish.homes);
  CollectHomes(wish.working_directory, wish.homes);
  if (!question.argv) return;
  for (const std::string& word : *question.argv) CollectHomes(word, wish.homes);
}

std::shared_ptr<const HostFacts> HostFor(const HostWish& wish, Knowledge& knowledge,
                                         std::string& problem) {
  if (const auto known = knowledge.hosts.find(wish); known != knowledge.hosts.end()) {
    return known->second;
  }
  auto host = MakeHost(wish, problem);
  if (host != nullptr) knowledge.hosts.emplace(wish, host);
  return host;
}

std::vector<Setting> SettingsOf(const std::map<std::string, std::string>& environment) {
  std::vector<Setting> settings;
  for (const auto& [name, value] : environment) {
    Setting setting;
    setting.key.text = name;
    setting.value.text = value;
    settings.push_back(std::move(setting));
  }
  return settings;
}

using Tree = std::shared_ptr<const Workspace>;

Tree ScanConfig(const Question& question, const ScanOptions& scan, std::string& problem) {
  const std::string typed = question.config.empty() ? "." : question.config;
  std::vector<std::string> problems;
  const std::vector<Root> roots = RootsOf({typed}, problems);
  if (roots.empty()) {
    problem = problems.empty() ? "nothing to read" : problems.front();
    return nullptr;
  }
  ScanOptions options = scan;
  options.paths = roots.front().paths;
  options.kept = MakeDiskReader(roots.front().directory);
  return std::make_shared<const Workspace>(Scan(*options.kept, options));
}

/// On a symbolic machine the homes that the files mention are there too, and only the files say
/// which: they are read twice where the question has wishes of its own.
Tree ScanConfigSymbolically(const Question& question, HostWish wish, ScanOptions scan,
                            Knowledge& knowledge, std::string& problem) {
  Tree tree = ScanConfig(question, scan, problem);
  if (tree == nullptr || wish == HostWish{}) return tree;
  if (wish.home.empty() && wish.homes.empty()) wish.home = tree->host->Caller().home;
  for (const std::string& home : tree->host->Homes()) {
    if (std::ranges::find(wish.homes, home) == wish.homes.end()) wish.homes.push_back(home);
  }
  scan.host = HostFor(wish, knowledge, problem);
  return scan.host == nullptr ? nullptr : ScanConfig(question, scan, problem);
}

/// The servers that a question is about, in a tree that may be shared with other questions.
Tree TreeOf(const Question& question, const HostWish& wish, Knowledge& knowledge,
            std::string& problem) {
  const auto key = std::pair(wish, question.config);
  const bool shared = !question.argv && !question.environment;
  if (const auto known = knowledge.configs.find(key); shared && known != knowledge.configs.end()) {
    return known->second;
  }
  std::vector<Setting> settings;
  if (question.environment) settings = SettingsOf(*question.environment);
  ScanOptions scan{{}, nullptr, question.environment ? &settings : nullptr};
  const bool symbolic = wish.kind == "symbolic";
  if (!symbolic || question.argv) {
    scan.host = HostFor(wish, knowledge, problem);
    if (scan.host == nullptr) return nullptr;
  }
  if (question.argv) {
    return std::make_shared<const Workspace>(
        ScanArgv(*question.argv, scan, scan.host->WorkingDirectory()));
  }
  Tree tree = symbolic ? ScanConfigSymbolically(question, wish, scan, knowledge, problem)
                       : ScanConfig(question, scan, problem);
  if (tree != nullptr && shared) knowledge.configs.emplace(key, tree);
  return tree;
}

std::vector<std::string> NamesOfServers(const Workspace& workspace) {
  std::vector<std::string> names;
  for (const Server& server : workspace.servers) {
    const std::string name = Visible(server.Name());
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string ProblemOfFiles(const Workspace& workspace) {
  for (const FileReport& file : workspace.files) {
    if (file.problem.empty()) continue;
    return fmt::format("; {}: {}", Visible(file.path), Visible(file.problem));
  }
  return {};
}

/// Launches of the server that is asked about; several where files declare the same name.
std::vector<const Launch*> LaunchesOf(const Question& question, const Workspace& workspace,
                                      std::string& problem) {
  const std::vector<std::string> names = NamesOfServers(workspace);
  if (names.empty()) {
    problem = fmt::format("no MCP server is declared there{}", ProblemOfFiles(workspace));
    return {};
  }
  if (question.server.empty() && names.size() > 1) {
    problem = fmt::format("there are several servers; name one with --server: {}",
                          fmt::join(names, ", "));
    return {};
  }
  std::vector<const Launch*> launches;
  for (const Server& server : workspace.servers) {
    if (!question.server.empty() && server.Name() != question.server) continue;
    for (const Launch& launch : server.launches) launches.push_back(&launch);
    if (server.Remote()) problem = "it is a remote server: nothing of it runs on this host";
    if (!server.decl.loads) problem = "its client does not load it: " + server.decl.why_not;
  }
  if (!launches.empty()) {
    problem.clear();
  } else if (problem.empty()) {
    problem = fmt::format("there is no server '{}'; there is {}", Visible(question.server),
                          fmt::join(names, ", "));
  }
  return launches;
}

Reply FromPath(const PathAnswer& path, Right right) {
  Reply reply;
  reply.answer = path.Has(right);
  reply.rights = path.rights;
  reply.backing = path.backing;
  reply.alias = path.alias;
  reply.confidence = path.confidence;
  reply.assuming = path.assuming;
  reply.because = path.because;
  return reply;
}

Reply AboutPath(const Target& target, const Launch& launch, const HostFacts& host) {
  if (target.kind == TargetKind::InsidePath) {
    return FromPath(launch.grant.paths->Inside(target.text), target.right);
  }
  Reply reply;
  const auto path = HostPathOf(target.text, host, reply.problem);
  if (!path) return reply;
  reply = FromPath(launch.grant.paths->OfHost(*path), target.right);
  if (reply.answer == Answer::Yes && !reply.alias.empty() && reply.alias != *path) {
    reply.via = "alias";
  }
  return reply;
}

/// What starts a process outside of the sandbox when it is asked to.
bool StartsProcesses(const Delegate& delegate) {
  return delegate.kind == "docker" || delegate.kind == "podman";
}

/// Keys and signatures are all that an agent gives away.
bool OpensNoConnection(const Delegate& delegate) {
  return delegate.kind == "ssh-agent" || delegate.kind == "gpg-agent";
}

/// On a machine that nobody has seen a socket counts for certain where the launch names it.
bool Seen(const Delegate& delegate, const HostFacts& host) {
  return !host.Symbolic() || std::ranges::any_of(delegate.because, [](const Evidence& evidence) {
    return evidence.text.find(".sock") != std::string::npos;
  });
}

/// A closed network is open where a socket that can be reached connects for the server.
void AddDelegates(const Egress& egress, const HostFacts& host, Reply& reply) {
  for (const Delegate& delegate : egress.delegated) {
    if (reply.answer == Answer::Yes) return;
    if (delegate.reachable == Answer::No || OpensNoConnection(delegate)) continue;
    const bool certain =
        delegate.reachable == Answer::Yes && StartsProcesses(delegate) && Seen(delegate, host);
    if (!certain && reply.answer == Answer::Unknown) continue;
    reply.answer = certain ? Answer::Yes : Answer::Unknown;
    reply.via = "socket";
    reply.because = delegate.because;
    reply.assuming.push_back(fmt::format("what listens at {} {} for the server", delegate.path,
                                         certain ? "connects" : "may connect"));
  }
}

/// What is stopped may leave through a proxy that a variable names, where that can be reached.
void AddProxies(const Egress& egress, const FirewallRules& rules, const EgressSubject& subject,
                const Destination& destination, Reply& reply) {
  for (const Proxy& proxy : egress.proxies) {
    const EgressAnswer way = egress.Ask(proxy.at);
    Reply reached;
    reached.answer = way.answer;
    AddFirewalls(rules, subject, proxy.at, reached);
    if (reached.answer == Answer::No) continue;
    EgressAnswer there{Answer::Unknown, {proxy.variable}, Confidence::Low, {}};
    if (proxy.access != nullptr) {
      there = proxy.access->Ask(destination);
    } else if (const auto squid = rules.SquidAt(proxy.at.port)) {
      there = squid->Ask(destination);
    }
    const Answer answer = std::min(reached.answer, there.answer);
    if (answer <= reply.answer) continue;
    reply.answer = answer;
    reply.via = "socket";
    reply.confidence = std::min(there.confidence, Confidence::Medium);
    reply.because = there.because;
    reply.assuming.push_back(fmt::format("the proxy at {}:{} {} for the server", proxy.at.host,
                                         proxy.at.port,
                                         answer == Answer::Yes ? "connects" : "may connect"));
  }
}

/// What the launch's own network lets out, and then the rules of the host.
Reply AboutNetwork(const Question& question, const Target& target, const Launch& launch,
                   const HostFacts& host, const FirewallRules& rules) {
  const Egress& egress = launch.grant.egress;
  Reply reply;
  if (target.kind == TargetKind::Abstract) {
    const bool known = egress.mode != NetworkMode::Unknown && egress.mode != NetworkMode::Shared;
    reply.answer = !known                            ? Answer::Unknown
                   : egress.reaches_abstract_sockets ? Answer::Yes
                                                     : Answer::No;
    reply.because = egress.because;
    if (reply.answer == Answer::No) reply.assuming = egress.assuming;
    reply.confidence = egress.confidence;
    return reply;
  }
  const EgressAnswer answer = egress.Ask(target.destination);
  reply.answer = answer.answer;
  reply.because = answer.because;
  reply.confidence = answer.confidence;
  reply.assuming = answer.assuming;
  const EgressSubject subject = SubjectOf(question, launch, host, rules.names);
  AddFirewalls(rules, subject, target.destination, reply);
  if (reply.answer == Answer::No) AddProxies(egress, rules, subject, target.destination, reply);
  if (reply.answer == Answer::Yes) return reply;
  if (answer.answer == Answer::Yes && host.Symbolic()) {
    // That an ordinary machine has a docker, and that this user may ask it, is a guess.
    reply.assuming.push_back("no daemon of the machine connects for the server");
  } else {
    AddDelegates(egress, host, reply);
  }
  return reply;
}

Reply AboutVariable(const Target& target, const Launch& launch) {
  const VariableAnswer answer = launch.grant.environment.Ask(target.text);
  Reply reply;
  reply.answer = answer.answer;
  if (answer.answer != Answer::No) reply.via = answer.via;
  reply.because = answer.because;
  reply.confidence = launch.grant.confidence;
  return reply;
}

Reply AboutLaunch(const Question& question, const Target& target, const Launch& launch,
                  const HostFacts& host, const FirewallRules& rules) {
  Reply reply;
  switch (target.kind) {
    case TargetKind::HostPath:
    case TargetKind::InsidePath:
      reply = AboutPath(target, launch, host);
      break;
    case TargetKind::Abstract:
    case TargetKind::Network:
      reply = AboutNetwork(question, target, launch, host, rules);
      break;
    case TargetKind::Variable:
      reply = AboutVariable(target, launch);
      break;
  }
  reply.starts = launch.starts;
  for (const std::string& text : launch.grant.assuming) reply.assuming.push_back(text);
  return reply;
}

/// The worst answer counts; of equal ones that of a launch that starts.
bool IsWorse(const Reply& a, const Reply& b) {
  return std::pair(a.answer, a.starts) > std::pair(b.answer, b.starts);
}

/// No config, no launch: what the rules let this user do.
bool IsAboutRulesAlone(const Question& question, const Target& target) {
  return !question.firewalls.empty() && target.kind == TargetKind::Network && !question.argv &&
         question.config.empty() && question.server.empty();
}

Reply AboutRules(const Question& question, const Target& target, const FirewallRules& rules) {
  Reply reply;
  reply.answer = Answer::Yes;
  const EgressSubject subject = SubjectOf(question, rules.names);
  AddFirewalls(rules, subject, target.destination, reply);
  if (reply.answer != Answer::Yes || rules.NoPackets()) {
    AddSquids(rules, subject, target.destination, reply);
  }
  if (question.host.user.empty()) {
    reply.assuming.push_back("the user is not known; --user names one");
  }
  reply.rules = rules.workspace;
  return reply;
}

void Tidy(Reply& reply, const HostFacts& host, bool about_path) {
  if (about_path) {
    for (const std::string& text : host.Assumptions()) reply.assuming.push_back(text);
    // An ordinary layout is a guess about a machine that nobody looked at.
    if (host.Symbolic()) reply.confidence = std::min(reply.confidence, Confidence::Medium);
  }
  std::vector<std::string> once;
  for (std::string& text : reply.assuming) {
    if (std::ranges::find(once, text) == once.end()) once.push_back(std::move(text));
  }
  reply.assuming = std::move(once);
}

}  // namespace

Reply Ask(const Question& question, Knowledge& knowledge) {
  Reply reply;
  const auto target = ParseTarget(question.operation, question.target, reply.problem);
  if (!target) return reply;
  const FirewallRules rules = ReadFirewalls(question, reply.problem);
  if (!reply.problem.empty()) return reply;
  if (IsAboutRulesAlone(question, *target)) return AboutRules(question, *target, rules);

  HostWish wish = question.host;
  AddMentionedHomes(question, wish);
  const Tree tree = TreeOf(question, wish, knowledge, reply.problem);
  if (tree == nullptr) return reply;
  const auto launches = LaunchesOf(question, *tree, reply.problem);
  if (launches.empty()) return reply;

  bool first = true;
  for (const Launch* launch : launches) {
    Reply next = AboutLaunch(question, *target, *launch, *tree->host, rules);
    if (!next.problem.empty()) return next;
    if (first || IsWorse(next, reply)) reply = std::move(next);
    first = false;
  }
  const bool path = target->kind == TargetKind::HostPath || target->kind == TargetKind::InsidePath;
  Tidy(reply, *tree->host, path);
  reply.workspace = tree;
  reply.rules = rules.workspace;
  return reply;
}

}  // namespace sandlint
