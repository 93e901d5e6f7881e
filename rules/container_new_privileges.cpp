#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "container-new-privileges",
    .title = "A container lets set-user-id programs gain privileges",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "Docker and podman leave no_new_privs off, so a set-user-id program of the image "
        "(su, mount, ping) can turn an ordinary user into root of the container.",
    .fix = "Add `--security-opt=no-new-privileges`.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr || layer->root != RootKind::Image || layer->container->privileged)
      return {};
    const Identity& identity = launch.grant.identity;
    if (identity.no_new_privileges != Answer::No) return {};
    Span place = layer->container->image.span;
    for (const Word& word : layer->container->security) {
      if (word.text.starts_with("no-new-privileges")) place = word.span;
    }
    return {MakeFinding(kInfo, server, place,
                        fmt::format("'{}' can gain privileges through set-user-id programs of its "
                                    "image: no_new_privs is off.",
                                    server.Name()))};
  });
}

}  // namespace

const Rule kContainerNewPrivileges{kInfo, Check, nullptr};

}  // namespace sandlint
