#pragma once

#include <cstdint>

#include "oracle/stage.h"

namespace sandlint::oracle {

/// Line `number` of the series `seed`: the options of one `podman run`. `%` is the folder of the
/// host that may be mounted.
Strings MakePodmanLine(std::uint64_t seed, std::size_t number, const std::string& folder);
/// Where a line can mount something.
Strings PodmanTargets();

}  // namespace sandlint::oracle
