#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "sandbox-shared-between-servers",
    .title = "Several servers run in one container",
    .checklist_item = 1,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "Servers that share a container share its files, processes and network: a "
        "compromise of one is a compromise of all.",
    .fix =
        "Give each server a container of its own (`docker run --rm`), not `docker exec` "
        "into one that runs.",
};

/// The container that a launch enters instead of starting its own; empty where it starts one.
std::string EnteredContainer(const Server& server) {
  for (const Launch& launch : server.launches) {
    for (const Layer& layer : launch.layers) {
      if (layer.joins) return layer.tool + ' ' + layer.joins->text;
    }
  }
  return {};
}

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const Server& server : workspace.servers) {
    const std::string container = EnteredContainer(server);
    if (container.empty()) continue;
    for (const Server& other : workspace.servers) {
      if (&other == &server || other.decl.name.text == server.decl.name.text) continue;
      if (EnteredContainer(other) != container) continue;
      Finding finding = MakeFinding(
          kInfo, server, server.decl.entry,
          fmt::format("'{}' runs in the same container as '{}'.", server.Name(), other.Name()));
      finding.related.push_back({other.decl.entry, "the other server"});
      findings.push_back(finding);
      break;
    }
  }
  return findings;
}

}  // namespace

const Rule kSandboxSharedBetweenServers{kInfo, nullptr, Check};

}  // namespace sandlint
