#pragma once

#include <cstddef>
#include <string>

#include "model/run.h"
#include "reporters/mask.h"

namespace sandlint {

/// Until when and why the suppressed finding at `index` is waived; masked, not escaped.
std::string WaiverOf(const Run& run, std::size_t index, const Masker& masker);

/// `error before the policy`, where the policy changed the severity; else nothing.
std::string BeforePolicy(const Run& run, const Finding& finding);

}  // namespace sandlint
