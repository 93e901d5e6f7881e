#pragma once

#include <string>
#include <vector>

#include "model/word.h"

namespace sandlint {

/// What one part of a shell word gives.
struct ShellValue {
  std::vector<Word> items;
  bool list = false;  ///< `"$@"`, `"${a[@]}"`: each item is a word of its own, none if empty
};

/// `${value op argument}` for the operators that only change text. `known` false: it cannot be
/// told.
std::string ChangeText(const std::string& value, const std::string& op, const std::string& pattern,
                       const std::string& replacement);

}  // namespace sandlint
