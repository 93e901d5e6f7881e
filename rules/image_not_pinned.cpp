#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "image-not-pinned",
    .title = "A container image is named by a tag that can move",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "Whoever can push to the registry decides what runs at the next start: a tag is a "
        "name that can be moved, `latest` most of all. Only a digest names one image.",
    .fix =
        "Name the image by digest: `name:tag@sha256:…` (`docker buildx imagetools inspect "
        "name:tag` prints it).",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr || !layer->container->image || !layer->package) return {};
    const ProgramRef& image = *layer->package;
    if (image.pinned || image.name.empty() || !layer->container->image.Known()) return {};
    return {MakeFinding(
        kInfo, server, layer->container->image.span,
        image.version.empty()
            ? fmt::format("'{}' runs image {} without a tag or digest: whatever is latest.",
                          server.Name(), image.name)
            : fmt::format("'{}' runs image {} by the movable tag {}.", server.Name(), image.name,
                          image.version))};
  });
}

}  // namespace

const Rule kImageNotPinned{kInfo, Check, nullptr};

}  // namespace sandlint
