#include "scanner/grant/container_image.h"

#include <fmt/format.h>

#include <utility>

#include "model/image.h"

namespace sandlint {
namespace {

ImageFacts FactsOf(const ImageBuild& build) {
  ImageFacts facts;
  facts.contents_known = false;
  if (build.user) facts.user = build.user->text;
  for (const BakedValue& baked : build.values) {
    if (!baked.argument) facts.variables.push_back(baked.name.text);
  }
  facts.has_entrypoint = build.entrypoint && !build.entrypoint->empty();
  for (const BuiltUser& user : build.users) {
    if (user.uid) facts.users.push_back({user.name, *user.uid, *user.uid, {}, {}});
  }
  for (const Word& volume : build.volumes) {
    if (volume.Known()) facts.volumes.push_back(volume.text);
  }
  return facts;
}

}  // namespace

std::shared_ptr<const ImageFacts> ImageOf(const Layer& layer, const HostFacts& host) {
  if (!layer.container) return nullptr;
  if (auto facts = host.Image(layer.container->image.text)) {
    return std::make_shared<const ImageFacts>(std::move(*facts));
  }
  const auto& build = layer.container->build;
  // Whom a base image of others, or an unknown word, makes it run as is not known.
  const bool user_known = build != nullptr && (build->user ? build->user->Known() : build->scratch);
  return user_known ? std::make_shared<const ImageFacts>(FactsOf(*build)) : nullptr;
}

void AddImageAssumptions(const std::vector<Layer>& layers, std::vector<std::string>& assuming) {
  for (const Layer& layer : layers) {
    if (layer.tool == "codex" && layer.profile) {
      assuming.emplace_back(
          "Codex trusts this folder, and no config of the home changes its permission profile");
    }
    if (!layer.container) continue;
    const ContainerRun& run = *layer.container;
    if (run.build != nullptr && !run.build->certain) {
      assuming.push_back(
          fmt::format("image {} is what {} builds", run.image.text, run.build->path));
    }
    for (const Mount& mount : layer.mounts) {
      if (mount.kind != MountKind::Volume || mount.source.text.empty()) continue;
      assuming.push_back(fmt::format(
          "volume {} is kept by the engine and binds nothing of the host", mount.source.text));
    }
    if (run.running) {
      assuming.push_back(
          fmt::format("the container of {} was started as its file says", run.service.text));
    }
  }
}

}  // namespace sandlint
