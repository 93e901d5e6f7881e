#pragma once

#include <string>
#include <string_view>

#include "rules/observed.h"

namespace sandlint {

/// The four lists of `observe`; every line starts with `prefix`.
std::string ObservedLists(const ObservedComparison& compared, const Observation& seen,
                          std::string_view prefix);

}  // namespace sandlint
