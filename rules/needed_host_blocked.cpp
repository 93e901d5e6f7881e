#include <fmt/format.h>

#include <charconv>
#include <string>
#include <vector>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "needed-host-blocked",
    .title = "A list of hosts or a firewall stops a host that the server needs",
    .checklist_item = 5,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The server is documented to need this host. It breaks at its first request, and the usual "
        "repair is to open the network altogether.",
    .fix = "Let exactly this host out.",
};

/// A set of a firewall may be filled later, with the addresses that a name has then.
bool IsAddress(const std::string& host) {
  return host.find_first_not_of("0123456789.:") == host.npos;
}

/// `api.github.com:443`; nothing for patterns and for what the configuration names.
bool DestinationOf(const std::string& host, Destination& destination) {
  const std::size_t colon = host.rfind(':');
  if (host.find_first_of("@*") != host.npos || colon == host.npos) return false;
  if (host.starts_with("registry:")) return false;
  const char* end = host.data() + host.size();
  destination = {"tcp", host.substr(0, colon), 0};
  const auto read = std::from_chars(host.data() + colon + 1, end, destination.port);
  return read.ec == std::errc{} && read.ptr == end;
}

Findings Check(const Server& server, const Workspace&) {
  if (server.need.network != NetworkNeed::Allowlist) return {};
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (launch.grant.egress.Closed()) return {};  // told by documented-host-blocked
    std::vector<std::string> blocked;
    Because because;
    for (const MissingPrefixes& missing : launch.grant.egress.firewall.allowlist.missing) {
      if (missing.lost < missing.all) continue;  // told by allowlist-stale
      blocked.push_back(missing.host);
      because = launch.grant.egress.firewall.files;
    }
    for (const std::string& host : server.need.hosts) {
      Destination destination;
      if (!DestinationOf(host, destination)) continue;
      if (launch.grant.egress.firewall.governs && !IsAddress(destination.host)) continue;
      EgressAnswer answer = launch.grant.egress.Ask(destination);
      if (answer.answer != Answer::No) continue;
      blocked.push_back(host);
      if (because.empty()) because = std::move(answer.because);
    }
    if (blocked.empty()) return {};
    Finding finding = MakeFinding(
        kInfo, server, PlaceOf(because, launch),
        fmt::format("'{}' needs {} ({}) and is not let out to {}", server.Name(),
                    JoinSome(blocked, 3), server.need.origin, blocked.size() > 1 ? "them" : "it"));
    finding.confidence = Confidence::Medium;
    finding.items = kNoItem;
    finding.fix = fmt::format("Let exactly {} out.", JoinSome(blocked, 3));
    AddRelated(finding, because, "what stops it");
    return {finding};
  });
}

}  // namespace

const Rule kNeededHostBlocked{kInfo, Check, nullptr};

}  // namespace sandlint
