#pragma once

#include "model/layer.h"

namespace sandlint {

/// What a package runner is told to start: `name@1.2.3`, `name==1.2.3`, `git+https://…@COMMIT`, a
/// path. `ecosystem` is npm or pypi.
ProgramRef PackageRef(const Word& word, std::string_view ecosystem);

}  // namespace sandlint
