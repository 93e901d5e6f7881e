#include "model/server.h"

#include <algorithm>

namespace sandlint {

const Layer* SandboxOf(const Launch& launch) {
  const auto cuts = [](const Layer& layer) {
    return layer.kind == LayerKind::Sandbox || layer.kind == LayerKind::Container;
  };
  const auto found = std::find_if(launch.layers.begin(), launch.layers.end(), cuts);
  return found == launch.layers.end() ? nullptr : &*found;
}

bool HasSandbox(const Launch& launch) { return SandboxOf(launch) != nullptr; }

const Layer* ProgramOf(const Launch& launch) {
  return launch.layers.empty() ? nullptr : &launch.layers.back();
}

}  // namespace sandlint
