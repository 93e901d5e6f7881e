#include "scanner/grant/view_makers.h"

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

struct ViewMakerRow {
  std::string_view tool;  ///< as in Layer::tool
  ViewMaker make;
};

constexpr auto kMakers = std::to_array<ViewMakerRow>({
    {"bwrap", MakeBwrapStep},
    {"sandbox-exec", MakeSbplStep},
    {"firejail", MakeFirejailStep},
    {"srt", MakeSrtStep},
    {"systemd-run", MakeSystemdStep},
    {"systemctl", MakeSystemdStep},
    {"deno", MakePermissionStep},
    {"node", MakePermissionStep},
    {"codex", MakeCodexStep},
    {"nsjail", MakeNsjailStep},
    {"unshare", MakeUnshareStep},
    {"chroot", MakeUnshareStep},
});

}  // namespace

ViewMaker FindViewMaker(const Layer& layer) {
  if (layer.kind == LayerKind::Container) return MakeContainerStep;
  // A sandbox that adds nothing is transparent; a program can be called like one.
  if (layer.kind != LayerKind::Sandbox) return nullptr;
  const auto row = std::ranges::find(kMakers, layer.tool, &ViewMakerRow::tool);
  return row == kMakers.end() ? nullptr : row->make;
}

}  // namespace sandlint
