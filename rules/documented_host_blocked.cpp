#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/all.h"
#include "rules/documented.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "documented-host-blocked",
    .title = "A sandbox keeps a server from the hosts that it needs",
    .checklist_item = 5,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The server is documented to need these hosts and cannot reach them. It breaks at its "
        "first "
        "request, and the usual repair is to open the network altogether.",
    .fix =
        "Let it out through a proxy that allows exactly the documented hosts, allow their "
        "published "
        "addresses, or remove the server where it is not needed.",
};

bool IsBlocked(const Egress& egress, const std::string& host) {
  NamedPort named = PortOfHost(host);
  if (named.name.starts_with("*")) return false;  // which names below it are meant is not said
  if (egress.Ask({"tcp", named.name, named.port}).answer == Answer::No) return true;
  return std::any_of(egress.firewall.allowlist.missing.begin(),
                     egress.firewall.allowlist.missing.end(), [&](const MissingPrefixes& missing) {
                       return missing.host == named.name && missing.lost == missing.all;
                     });
}

/// Documented hosts that no launch reaches; with no network at all that is all of them.
std::vector<std::string> BlockedHosts(const Server& server) {
  std::vector<std::string> blocked;
  for (const std::string& host : NamedHosts(server.need)) {
    const bool all =
        std::all_of(server.launches.begin(), server.launches.end(),
                    [&](const Launch& launch) { return IsBlocked(launch.grant.egress, host); });
    if (all) blocked.push_back(host);
  }
  return blocked;
}

bool HasNoNetwork(const Server& server) {
  return std::all_of(server.launches.begin(), server.launches.end(),
                     [](const Launch& launch) { return launch.grant.egress.Closed(); });
}

/// Something else connects for it: a socket that it reaches.
bool HasDelegate(const Server& server) {
  return std::any_of(server.launches.begin(), server.launches.end(), [](const Launch& launch) {
    return std::any_of(launch.grant.egress.delegated.begin(), launch.grant.egress.delegated.end(),
                       [](const Delegate& delegate) { return delegate.reachable == Answer::Yes; });
  });
}

Findings Check(const Server& server, const Workspace&) {
  const bool needs =
      server.need.network == NetworkNeed::Allowlist || server.need.network == NetworkNeed::Any;
  if (!needs || server.launches.empty()) return {};
  const bool cut = HasNoNetwork(server);
  const std::vector<std::string> named = NamedHosts(server.need);
  const std::vector<std::string> blocked = cut ? named : BlockedHosts(server);
  if (!cut && (blocked.empty() || HasDelegate(server))) return {};
  const Launch& launch = server.launches.front();
  Because because = launch.grant.egress.because;
  if (!cut) {
    const NamedPort host = PortOfHost(blocked.front());
    because = launch.grant.egress.Ask({"tcp", host.name, host.port}).because;
  }
  const char* why = cut ? "has no network" : "cannot reach what it needs";
  const std::string hosts = blocked.empty() ? std::string("the network") : JoinSome(blocked, 3);
  Finding finding = MakeFinding(
      kInfo, server, PlaceOf(because, launch),
      fmt::format("'{}' needs {} ({}) and {}", server.Name(), hosts, server.need.origin, why));
  finding.confidence = Confidence::Medium;
  finding.items = kNoItem;
  return {finding};
}

}  // namespace

const Rule kDocumentedHostBlocked{kInfo, Check, nullptr};

}  // namespace sandlint
