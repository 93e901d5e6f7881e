#pragma once

#include <optional>

#include "model/layer.h"
#include "scanner/grant/view.h"

namespace sandlint {

/// Why a user namespace with ids of its own cannot be made in `outside`, or nothing.
std::optional<StartProblem> IdMapProblem(const Word& word, const View& outside);

}  // namespace sandlint
