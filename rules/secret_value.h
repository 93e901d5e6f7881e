#pragma once

#include <cstddef>
#include <string_view>

namespace sandlint {

/// A value that says where or whether, is still to come, or stands for another.
bool IsHarmlessValue(std::string_view value);

/// A part of a URL that nobody thought up: `Zx81kQw9pL`, a UUID, a long hexadecimal number.
bool LooksRandom(std::string_view text);

struct Letters {
  std::size_t upper = 0, lower = 0, digits = 0, others = 0;
  std::size_t turns = 0;  ///< from a letter to a digit
};
Letters LettersOf(std::string_view text);

}  // namespace sandlint
