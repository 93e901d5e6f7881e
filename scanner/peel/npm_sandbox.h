#pragma once

#include <optional>
#include <vector>

#include "model/layer.h"

namespace sandlint {

/// `npx PACKAGE words…`: the words as the tool would get them where the package brings one that
/// AllPeelers takes off (srt, deno, codex); its name stands in front. Nothing for every other
/// package. `named` is set where `--package` names it: then the first word is the program.
std::optional<std::vector<Word>> ToolOfPackage(const ProgramRef& package, bool named,
                                               const std::vector<Word>& words);

}  // namespace sandlint
