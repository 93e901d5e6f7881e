#pragma once

#include <memory>
#include <vector>

#include "model/host.h"
#include "model/layer.h"

namespace sandlint {

/// `base` with what the scripts of these layers make before they start the rest (`mktemp -d`,
/// `mkdir`); null when they make nothing. Refers to `base`.
std::shared_ptr<const HostFacts> WithMadePaths(const std::vector<Layer>& layers,
                                               const HostFacts& base);

}  // namespace sandlint
