#pragma once

// Words of a command in a script: which are options, and which are not.

#include <string_view>
#include <vector>

#include "model/word.h"

namespace sandlint {

inline bool IsOption(const Word& word) { return word.text.size() > 1 && word.text[0] == '-'; }

/// The words that are no option.
std::vector<Word> OperandsOf(const std::vector<Word>& words);

/// Is there `-x` (in a cluster too; 0 for none) or `--name`?
bool HasOption(const std::vector<Word>& words, char letter, std::string_view name);

/// Are all options of these letters (`--` aside)?
bool HasOnlyOptions(const std::vector<Word>& words, std::string_view letters);

}  // namespace sandlint
