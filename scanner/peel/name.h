#pragma once

#include <string>
#include <string_view>

#include "model/word.h"

namespace sandlint {

/// The name by which a program is recognised: its last component, without `.exe`, `.cmd` or `.bat`
/// (`C:\\node\\npx.cmd` -> `npx`). Empty where a part of that name is not known.
std::string ToolName(const Word& program);

/// `name`, or `name` with a version glued to it: `python3.11`, `node20`.
bool IsVersionOf(std::string_view tool, std::string_view name);

}  // namespace sandlint
