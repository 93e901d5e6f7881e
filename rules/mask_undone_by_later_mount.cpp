#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "mask-undone-by-later-mount",
    .title = "A mask is covered by a mount that comes after it",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "bwrap applies its mounts in the order of the command line. A tmpfs or an empty "
        "file over a directory hides nothing once a later bind covers the same place: the "
        "line looks like protection and is none.",
    .fix = "Move the mask behind the bind that it is meant to cut.",
};

/// Is `path` at or below `directory`?
bool Below(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

bool Masks(const Mount& mount) {
  return mount.kind == MountKind::Tmpfs ||
         (mount.kind == MountKind::Bind && mount.source.text == "/dev/null");
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = LayerOf(launch, "bwrap");
    if (layer == nullptr) return {};
    for (std::size_t mask = 0; mask < layer->mounts.size(); ++mask) {
      if (!Masks(layer->mounts[mask])) continue;
      const Word& masked = layer->mounts[mask].target;
      for (std::size_t later = mask + 1; later < layer->mounts.size(); ++later) {
        const Mount& mount = layer->mounts[later];
        // A mask under a bind of the whole place is lost; a bind below it is a wanted hole.
        if (mount.kind != MountKind::Bind || Masks(mount)) continue;
        if (!Below(masked.text, mount.target.text)) continue;
        if (masked.text == "/" || !masked.Known() || !mount.target.Known()) continue;
        Finding finding = MakeFinding(kInfo, server, layer->mounts[mask].option.span,
                                      fmt::format("'{}' masks {} and then mounts {} over it.",
                                                  server.Name(), masked.text, mount.target.text));
        finding.related.push_back({mount.option.span, "this mount covers the mask"});
        finding.detail = masked.text;
        return {finding};
      }
    }
    return {};
  });
}

}  // namespace

const Rule kMaskUndoneByLaterMount{kInfo, Check, nullptr};

}  // namespace sandlint
