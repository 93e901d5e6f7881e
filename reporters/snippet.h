#pragma once

#include <cstddef>
#include <string>

#include "reporters/mask.h"
#include "reporters/place.h"

namespace sandlint {

/// One line of a source as a terminal may show it, and where the caret goes. A long line is cut
/// around the word.
struct Snippet {
  std::string line;
  std::size_t indent = 0;  ///< columns before the word
  std::size_t length = 1;  ///< columns of the word, at least one
};

/// Nothing in `line` where the place has no text.
Snippet SnippetOf(const ReportPlace& place, const Masker& masker, std::size_t width);

}  // namespace sandlint
