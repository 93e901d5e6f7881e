// How each item of the checklist is judged. A box is ticked by evidence only: a row says Pass where
// the grant of every launch proves the item, and names what is missing otherwise.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "rules/checklist.h"
#include "rules/facts.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

Judgement Pass(std::string reason) { return {Verdict::Pass, std::move(reason)}; }
Judgement NotProven(std::string reason) { return {Verdict::NotProven, std::move(reason)}; }
Judgement NeedsPerson(std::string reason) { return {Verdict::NeedsPerson, std::move(reason)}; }
Judgement NotApplicable(std::string reason) { return {Verdict::NotApplicable, std::move(reason)}; }

/// Why the grant of this launch proves nothing about `facet`; empty where it can be relied on.
std::string DoubtAbout(const Launch& launch, Facet facet) {
  for (const Note& note : launch.notes) {
    const bool doubtful = note.support == Support::Unmodelled || note.support == Support::Unknown;
    if (doubtful && Touches(note.facets, facet)) {
      return fmt::format("{} is not modelled", Quote(note.word.text));
    }
  }
  return {};
}

Judgement JudgeIsolation(const Server& server, const Workspace&) {
  std::string tool;
  for (const Launch& launch : server.launches) {
    if (IsolationOf(launch) != Isolation::Cut) {
      return NotProven("a layer in the way is not understood");
    }
    tool = SandboxOf(launch)->tool;
  }
  if (std::string doubt = DoubtAbout(server, Facet::Paths); !doubt.empty()) return NotProven(doubt);
  return Pass(fmt::format("{} gives it a file system view of its own", tool));
}

Judgement JudgeSecrets(const Server& server, const Workspace&) {
  for (const Launch& launch : server.launches) {
    const SecretView view = LookForSecrets(server, launch);
    if (!view.visible.empty()) {
      return NeedsPerson(fmt::format("it sees ~/{}, which its documentation asks for",
                                     view.visible.front().secret->path));
    }
    if (!view.unknown.empty()) {
      return NotProven(fmt::format("~/{} may be visible", view.unknown.front().secret->path));
    }
    for (const Delegate& delegate : launch.grant.egress.delegated) {
      if (delegate.reachable != Answer::No && delegate.kind.ends_with("-agent")) {
        return NotProven(fmt::format("the socket of the {} may be reachable", delegate.kind));
      }
    }
  }
  if (std::string doubt = DoubtAbout(server, Facet::Paths); !doubt.empty()) return NotProven(doubt);
  return Pass("no secret place of a home is reachable under any name");
}

/// A container that stays after its end keeps what was written into it.
bool RemovedAtEnd(const Launch& launch) {
  const Layer* layer = SandboxOf(launch);
  return layer != nullptr && (!layer->container || layer->container->rm);
}

Judgement JudgeTemp(const Server& server, const Workspace&) {
  for (const Launch& launch : server.launches) {
    const PathView& paths = *launch.grant.paths;
    for (const char* temp : {"/tmp", "/var/tmp"}) {
      const PathAnswer host = paths.OfHost(temp);
      if (!host.possible.None()) return NotProven(fmt::format("{} may be that of the host", temp));
    }
    const PathAnswer inside = paths.Inside("/tmp");
    if (inside.backing != Backing::Ephemeral)
      return NotProven("it has no temp directory of its own");
    if (!RemovedAtEnd(launch)) return NotProven("its container is kept after its end (no --rm)");
  }
  if (std::string doubt = DoubtAbout(server, Facet::Paths); !doubt.empty()) return NotProven(doubt);
  return Pass("/tmp is private to each launch and ends with it");
}

/// Rules of the tree let out a short list of addresses, and nothing else for certain.
bool HeldByFirewall(const Egress& egress) {
  return egress.firewall.governs && egress.firewall.sure && egress.firewall.open.empty();
}

/// Does a launch reach what a firewall lets out?
bool HasAllowlist(const Server& server) {
  return std::any_of(server.launches.begin(), server.launches.end(),
                     [](const Launch& launch) { return !launch.grant.egress.Closed(); });
}

/// Empty where no launch can connect to anything but what a firewall names.
std::string WayOut(const Server& server) {
  for (const Launch& launch : server.launches) {
    const Egress& egress = launch.grant.egress;
    for (const Delegate& delegate : egress.delegated) {
      if (delegate.reachable != Answer::No) {
        return fmt::format("the {} socket may act for it", delegate.kind);
      }
    }
    if (!egress.Closed() && !HeldByFirewall(egress)) return "which hosts it can reach is not known";
    for (const Proxy& proxy : egress.proxies) {
      if (proxy.access != nullptr || egress.Ask(proxy.at).answer == Answer::No) continue;
      return fmt::format("what the proxy at {}:{} lets out is not known", proxy.at.host,
                         proxy.at.port);
    }
  }
  return DoubtAbout(server, Facet::Egress);
}

/// `; assumes that the rules of FILE are loaded`, for a verdict that leans on a firewall.
std::string AssumptionsOf(const Server& server) {
  std::vector<std::string> all;
  for (const Launch& launch : server.launches) {
    for (const std::string& text : launch.grant.egress.firewall.assuming) {
      if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
    }
  }
  return all.empty() ? "" : "; assumes that " + JoinWords(all);
}

/// Every block of the allowlists belongs to a documented host, as far as published data says.
bool IsAllDocumented(const Server& server) {
  return std::all_of(server.launches.begin(), server.launches.end(), [](const Launch& launch) {
    const Allowlist& list = launch.grant.egress.firewall.allowlist;
    return launch.grant.egress.filters.empty() && list.complete && !list.blocks.empty() &&
           std::all_of(list.blocks.begin(), list.blocks.end(),
                       [](const AllowedBlock& block) { return block.documented == Answer::Yes; });
  });
}

Judgement JudgeEgress(const Server& server, const Workspace&) {
  if (std::string way = WayOut(server); !way.empty()) return NotProven(way);
  if (HasAllowlist(server)) {
    return Pass("the firewall of its user denies all but an allowlist" + AssumptionsOf(server));
  }
  return Pass("it has no network at all");
}

/// A host that the need names, without its port.
std::string FirstHost(const Need& need) {
  for (const std::string& host : need.hosts) {
    const bool name =
        !host.starts_with('@') && !host.starts_with('*') && !host.starts_with("registry:");
    if (name) return Quote(host.substr(0, host.rfind(':')));
  }
  return "HOST";
}

Judgement JudgeAllowlist(const Server& server, const Workspace&) {
  if (WayOut(server).empty()) {
    if (!HasAllowlist(server)) return Pass("no host is allowed");
    if (IsAllDocumented(server)) {
      return Pass("all that is allowed are published addresses of its documented hosts" +
                  AssumptionsOf(server));
    }
    return NeedsPerson(fmt::format(
        "whose the addresses of its allowlist are is not known offline: `getent ahosts {}` says it",
        FirstHost(server.need)));
  }
  for (const Launch& launch : server.launches) {
    if (!launch.grant.egress.firewall.governs) continue;
    return NeedsPerson(
        "what its rules let out is not all known offline: `sudo nft list ruleset >now.nft` and "
        "`sandlint can connect tcp://HOST:443 --firewall now.nft --user USER` say it");
  }
  return NotProven("no allowlist of this server is known");
}

Judgement JudgeLocalServer(const Server& server, const Workspace&) {
  if (WayOut(server).empty() && !HasAllowlist(server)) return Pass("it has no network at all");
  if (NeedsNoNetwork(server.need)) return NotProven(WayOut(server));
  if (server.need.server_class == ServerClass::Unknown) return ClassIsOpen(server);
  return NotApplicable(fmt::format("a {} server", NameOf(server.need.server_class)));
}

/// Which credentials a launch hands over, for the reader.
std::string TokenReaching(const Server& server) {
  for (const Setting& header : server.decl.headers) {
    if (IsSecretName(header.key.text)) return "the header " + Quote(header.key.text);
  }
  for (const Launch& launch : server.launches) {
    for (const auto& [name, variable] : launch.grant.environment.own.known) {
      const bool there =
          variable.presence == Presence::Set || variable.presence == Presence::Passed;
      if (there && IsSecretName(name)) return Quote(name);
    }
  }
  return {};
}

Judgement JudgeTokens(const Server& server, const Workspace&) {
  if (const std::string token = TokenReaching(server); !token.empty()) {
    return NeedsPerson(fmt::format("only the issuer can say how much {} opens", token));
  }
  if (server.Remote()) return NeedsPerson("what its login grants is decided at the other end");
  for (const Launch& launch : server.launches) {
    const Environment& environment = launch.grant.environment;
    const bool closed =
        environment.own.others == Presence::Absent &&
        (!environment.through_proc || environment.through_proc->others == Presence::Absent);
    if (!closed) return NotProven("which variables reach it is not known");
  }
  if (std::string doubt = DoubtAbout(server, Facet::Environment); !doubt.empty()) {
    return NotProven(doubt);
  }
  return Pass("no variable with a token reaches it");
}

/// Item 11 is told once for all servers (JudgeOrchestrator).
Judgement JudgeClient(const Server&, const Workspace&) { return {}; }

/// A layer that takes orders from a file which is not part of the config.
Judgement JudgeVersioning(const Server& server, const Workspace&) {
  const Scope scope = server.decl.scope;
  if (scope != Scope::Project && scope != Scope::Plugin && scope != Scope::Agent) {
    return NotProven("its config is not in a repository");
  }
  for (const Launch& launch : server.launches) {
    const Isolation isolation = IsolationOf(launch);
    if (isolation == Isolation::None) return NotProven("it has no sandbox profile");
    if (isolation == Isolation::Unknown) return NotProven("which profile it uses is not known");
  }
  if (std::string doubt = DoubtAbout(server, Facet::All); !doubt.empty()) return NotProven(doubt);
  return Pass("its sandbox is written in the config itself");
}

constexpr auto kJudges = std::to_array<ItemJudge>({
    {1, false, JudgeIsolation},
    {2, false, JudgeSecrets},
    {3, false, JudgeTemp},
    {4, false, JudgeEgress},
    {5, false, JudgeAllowlist},
    {6, false, JudgeLocalServer},
    {7, false, JudgeTrace},
    {8, false, JudgeBrowser},
    {9, false, JudgeShell},
    {10, true, JudgeTokens},
    {11, true, JudgeClient},
    {12, false, JudgeVersioning},
});

}  // namespace

std::string DoubtAbout(const Server& server, Facet facet) {
  if (server.launches.empty()) return "no launch is known";
  for (const Launch& launch : server.launches) {
    if (std::string doubt = DoubtAbout(launch, facet); !doubt.empty()) return doubt;
  }
  return {};
}

std::span<const ItemJudge> ItemJudges() { return kJudges; }

Judgement JudgeItem(const ItemJudge& row, const Server& server, const Workspace& workspace,
                    const std::vector<const Finding*>& findings) {
  for (const Finding* finding : findings) {
    if (Fails(*finding, row.item)) return {Verdict::Fail, finding->rule};
  }
  if (!server.decl.loads) {
    return NotProven(server.decl.why_not.empty() ? "its client does not load it"
                                                 : server.decl.why_not);
  }
  if (server.Remote() && !row.remote) return NotApplicable("it runs elsewhere, behind a URL");
  if (!server.Remote() && server.launches.empty()) return NotProven("no launch is known");
  return row.judge(server, workspace);
}

Judgement JudgeOrchestrator(const Workspace& workspace, const Findings& findings) {
  constexpr int kItem = 11;
  for (const Finding& finding : findings) {
    if (Fails(finding, kItem)) return {Verdict::Fail, finding.rule};
  }
  if (workspace.settings.empty()) {
    return NeedsPerson("no settings of a client were found to review");
  }
  return NeedsPerson("its settings hold nothing against the guide; its environment is not visible");
}

}  // namespace sandlint
