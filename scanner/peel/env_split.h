#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/peel/peel.h"

namespace sandlint {

struct SplitWords {
  std::vector<Word> words;
  std::string problem;  ///< why env refuses the string; empty when it does not
};

/// What `env -S` makes of its string: blanks separate, quotes and backslashes as in coreutils 9.1,
/// `${NAME}` from the environment, `#` starts a comment.
SplitWords SplitEnvString(const Word& text, const PeelContext& context);

}  // namespace sandlint
