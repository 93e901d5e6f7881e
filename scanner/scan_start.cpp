#include "scanner/scan_start.h"

#include <algorithm>

#include "scanner/grant/view.h"

namespace sandlint {
namespace {

/// Where the config lies that declares it; the root of the tree is where the session is.
std::string FolderOnHost(const ServerDecl& decl, const HostFacts& host) {
  const std::string here = host.WorkingDirectory();
  return decl.folder.empty() ? here : CleanPath(here + "/" + decl.folder);
}

bool IsRelative(const Mount& mount) {
  const bool from_host = mount.kind == MountKind::Bind || mount.kind == MountKind::Overlay;
  const auto relative = [](const Word& word) { return !word.text.starts_with('/'); };
  return from_host &&
         (relative(mount.source) || std::ranges::any_of(mount.overlay_sources, relative));
}

}  // namespace

Word WorkspaceOf(const ServerDecl& decl, const HostFacts& host) {
  Word word;
  const bool editor = !decl.clients.empty() && decl.clients.front() != "Claude Code";
  if (editor) word.text = FolderOnHost(decl, host);
  return word;
}

StartPlace StartPlaceOf(const ServerDecl& decl, const HostFacts& host) {
  StartPlace place{
      {}, decl.lost_directory, decl.working_directory ? decl.working_directory : decl.command};
  const Word& wish = decl.working_directory;
  if (wish && wish.Known() && wish.text.starts_with('/')) {
    place.directory = CleanPath(wish.text);
    place.lost = false;
  } else if (wish) {
    // `~` and relative names: what the client starts from is not established.
    place.lost = true;
  } else if (!decl.folder.empty()) {
    place.directory = FolderOnHost(decl, host);
  }
  return place;
}

bool DependsOnStart(const std::vector<Layer>& layers) {
  return std::ranges::any_of(layers, [](const Layer& layer) {
    if (layer.kind != LayerKind::Sandbox && layer.kind != LayerKind::Container) return false;
    const bool by_mounts = layer.kind == LayerKind::Container || layer.tool == "bwrap";
    return !by_mounts || std::ranges::any_of(layer.mounts, IsRelative);
  });
}

}  // namespace sandlint
