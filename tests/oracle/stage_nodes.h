#pragma once

#include <string>
#include <string_view>

#include "oracle/stage.h"

namespace sandlint::oracle {

/// Makes every node of the stage below `/`, which is an empty tmpfs. Returns the path that could
/// not be made, or nothing.
std::string MakeStageNodes();
bool WriteStageFile(const std::string& path, std::string_view text);

}  // namespace sandlint::oracle
