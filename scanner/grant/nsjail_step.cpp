// What nsjail and codex make of the files. nsjail: an empty root, read-only unless --rw is given,
// and mounts in the order of its config and line (read at cmdline.cc and mnt.cc of 2026).

#include "scanner/grant/modest_view.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {

ViewStep MakeNsjailStep(const Layer& layer, std::shared_ptr<const View> outside,
                        const ViewContext& context) {
  Layer over = layer;
  if (over.cap_add.empty()) {
    over.cap_drop.push_back(layer.program);
    over.cap_drop.back().text = "ALL";
  }
  ViewStep step = MakeBwrapStep(over, std::move(outside), context);
  step.own_proc = false;
  step.view = MakeModestView(step.view, "the mounts of nsjail as its source makes them");
  return step;
}

/// codex writes a line of bubblewrap too; the variables of its first process can be read.
ViewStep MakeCodexStep(const Layer& layer, std::shared_ptr<const View> outside,
                       const ViewContext& context) {
  if (layer.mounts.empty()) {
    ViewStep open;
    open.view = std::move(outside);
    open.outside_visible = true;
    return open;
  }
  return MakeBwrapStep(layer, std::move(outside), context);
}

}  // namespace sandlint
