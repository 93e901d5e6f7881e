#pragma once

#include <optional>
#include <string_view>

#include "scanner/peel/peel.h"

namespace sandlint {

/// Does a variable of this name and value make any program that is started load code?
bool RunsCodeInPrograms(std::string_view name, const Word& value);

/// The variable of `context` by which `layer` runs code beside what it is to start, if there is
/// one.
std::optional<Note> FindCodeVariable(const Layer& layer, const PeelContext& context);

}  // namespace sandlint
