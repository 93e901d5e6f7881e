#include <fmt/format.h>

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
    .title = "A sandbox without network surrounds a server that needs hosts",
    .checklist_item = 5,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The server is documented to need these hosts and cannot reach any. It breaks at its first "
        "request, and the usual repair is to open the network altogether.",
    .fix =
        "Let it out through a proxy that allows exactly the documented hosts, or remove the server "
        "where it is not needed.",
};

Findings Check(const Server& server, const Workspace&) {
  const bool needs =
      server.need.network == NetworkNeed::Allowlist || server.need.network == NetworkNeed::Any;
  if (!needs || server.launches.empty()) return {};
  for (const Launch& launch : server.launches) {
    if (!launch.grant.egress.Closed()) return {};  // one way in which it works is enough
  }
  const Launch& launch = server.launches.front();
  const Because& because = launch.grant.egress.because;
  const std::vector<std::string> hosts = NamedHosts(server.need);
  Finding finding =
      MakeFinding(kInfo, server, PlaceOf(because, launch),
                  fmt::format("'{}' needs {} ({}) and has no network", server.Name(),
                              hosts.empty() ? std::string("the network") : JoinSome(hosts, 3),
                              server.need.origin));
  finding.confidence = Confidence::Medium;
  finding.items = kNoItem;
  return {finding};
}

}  // namespace

const Rule kDocumentedHostBlocked{kInfo, Check, nullptr};

}  // namespace sandlint
