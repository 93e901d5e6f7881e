#include <fmt/format.h>

#include "model/image.h"
#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "container-runs-as-root",
    .title = "A container runs its server as root",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "Root in a container keeps the right to change every file of the image, and to use "
        "whatever capability is left. With rootful docker it is also root on the host for "
        "every path that is mounted in.",
    .fix =
        "Add `--user 65532:65532` (any id without an account will do), or end the "
        "Dockerfile with a `USER` line.",
};

/// The line of a Dockerfile that decides: its USER, or the FROM that it leaves it to.
const Word& PlaceIn(const ImageBuild* build, const Word& image) {
  if (build == nullptr) return image;
  if (build->user) return *build->user;
  return build->bases.empty() ? image : build->bases.front().word;
}

/// Only what the launch itself decides: the USER of an image that is not built here is not known.
Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr || layer->joins || IsolationOf(launch) == Isolation::Void) return {};
    if (launch.grant.identity.root_inside == Answer::No) return {};
    const bool proven = launch.grant.identity.root_inside == Answer::Yes;
    if (!proven && layer->user) return {};  // another word leaves it open, and is told itself
    const ImageBuild* build = layer->user ? nullptr : layer->container->build.get();
    const Word& place = layer->user ? *layer->user : PlaceIn(build, layer->container->image);
    Finding finding = MakeFinding(
        kInfo, server, place.span,
        proven ? fmt::format("'{}' runs as root in its container.", server.Name())
        : build != nullptr
            ? fmt::format("'{}' runs as whoever its base image says, which is root for most: {} "
                          "has no USER line.",
                          server.Name(), build->path)
            : fmt::format("'{}' runs as whoever its image says, which is root unless the image "
                          "has a USER line: no --user is given.",
                          server.Name()));
    finding.confidence = proven ? Confidence::High : Confidence::Medium;
    return {finding};
  });
}

}  // namespace

const Rule kContainerRunsAsRoot{kInfo, Check, nullptr};

}  // namespace sandlint
