#include <fmt/format.h>

#include "model/image.h"
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

/// The images that a Dockerfile of the tree starts from.
Findings OfBuild(const Server& server, const ImageBuild& build) {
  Findings findings;
  for (const ProgramRef& base : build.bases) {
    if (base.pinned || base.name.empty() || !base.word.Known()) continue;
    const Finding finding = MakeFinding(
        kInfo, server, base.word.span,
        base.version.empty()
            ? fmt::format("the image of '{}' is built from {} without a tag or digest: whatever is "
                          "latest.",
                          server.Name(), base.name)
            : fmt::format("the image of '{}' is built from {} by the movable tag {}.",
                          server.Name(), base.name, base.version));
    if (findings.empty()) {
      findings.push_back(finding);
    } else {
      findings.front().related.push_back({finding.where, finding.message});
    }
  }
  return findings;
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr || !layer->container->image || !layer->package) return {};
    if (layer->container->build != nullptr) return OfBuild(server, *layer->container->build);
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
