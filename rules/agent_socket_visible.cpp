#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "agent-socket-visible",
    .title = "A sandbox leaves the socket of a key agent reachable",
    .checklist_item = 2,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "An ssh-agent or gpg-agent signs for whoever connects to its socket. A server that "
        "reaches it uses the keys without ever reading them; a read-only bind does not help.",
    .fix =
        "Do not bind the directory that holds the socket (/run/user, /tmp, ~/.gnupg), and unset "
        "SSH_AUTH_SOCK.",
};

/// A socket in a home whose folder is visible as a whole is told as a visible secret.
bool IsToldWithItsFolder(const Delegate& agent, const Launch& launch) {
  const std::string beside = agent.path.substr(0, agent.path.rfind('/')) + "/private-keys";
  for (const std::string& home : launch.grant.homes) {
    if (!agent.path.starts_with(home + "/")) continue;
    if (launch.grant.paths->OfHost(beside).Has(Right::Read) == Answer::Yes) return true;
  }
  return false;
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    Findings findings;
    for (const Delegate& agent : launch.grant.egress.delegated) {
      if (!agent.kind.ends_with("-agent") || agent.reachable != Answer::Yes) continue;
      if (IsToldWithItsFolder(agent, launch)) continue;
      if (!findings.empty()) {
        AddRelated(findings.front(), agent.because, agent.path + " is reachable too");
        continue;
      }
      std::string message = fmt::format("'{}' can connect to the {} at {}{}", server.Name(),
                                        agent.kind, Quote(agent.path), WhenOf(launch));
      if (!agent.because.empty()) message += ": " + WordsOf(agent.because);
      findings.push_back(
          MakeFinding(kInfo, server, PlaceOf(agent.because, launch), std::move(message)));
      AddRelated(findings.back(), agent.because, "decides what is visible");
    }
    return findings;
  });
}

}  // namespace

const Rule kAgentSocketVisible{kInfo, Check, nullptr};

}  // namespace sandlint
