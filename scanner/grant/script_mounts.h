#pragma once

#include <memory>
#include <vector>

#include "scanner/grant/view_makers.h"

namespace sandlint {

/// What the mounts that the shell at `layers[index]` makes leave of the view, for the program at
/// the end of the launch. `context.power` is that of the shell.
ViewStep MakeScriptMounts(const std::vector<Layer>& layers, std::size_t index,
                          std::shared_ptr<const View> outside, ViewContext context);

}  // namespace sandlint
