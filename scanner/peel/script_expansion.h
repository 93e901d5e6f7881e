#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/word.h"
#include "scanner/parse/shell.h"

namespace sandlint {

/// What one part of a shell word gives.
struct ShellValue {
  std::vector<Word> items;
  bool list = false;  ///< `"$@"`, `"${a[@]}"`: each item is a word of its own, none if empty
};

/// `a{b,c}d` -> `abd`, `acd`; a part of which nothing is known where it is more unusual.
std::vector<ShellWord> ExpandBraces(const ShellWord& word);

/// A decimal number; nothing for others, and for what may be octal.
std::optional<long> NumberOf(std::string_view text);

/// `${value op argument}` for the operators that only change text; nothing where it takes too long.
/// `work` counts the steps of all calls.
std::optional<std::string> ChangeText(const std::string& value, const std::string& op,
                                      const std::string& pattern, const std::string& replacement,
                                      std::size_t& work);

/// Shell patterns: `*`, `?`, `[…]` with classes of ASCII, backslash. Adds its steps to `work`.
bool MatchesPattern(std::string_view text, std::string_view pattern, std::size_t& work);
/// Does an unquoted text hold `+(…)` and its like, or a class that is not known?
bool IsUnusualPattern(std::string_view text);

}  // namespace sandlint
