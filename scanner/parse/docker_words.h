#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "model/word.h"

namespace sandlint {

/// The value of a variable of a build; nothing where it is not set.
using DockerLookup = std::function<std::optional<Word>(std::string_view name)>;

/// What ENV, USER, FROM and the like make of a word: quotes and escapes are taken off, and
/// `$X`, `${X}`, `${X:-y}`, `${X:+y}`, `${X:?y}`, the forms without a colon and the patterns `#`,
/// `##`, `%`, `%%`, `/`, `//` are put in. What depends on something that is not known is a hole.
Word ExpandDockerWord(const Word& word, char escape, const DockerLookup& lookup);

/// What compose makes of a value: the same forms without quotes and escapes, `$$` is a dollar sign.
/// A name that `lookup` does not know is a hole, or its default with a hole that is assumed.
Word ExpandComposeValue(const Word& word, const DockerLookup& lookup);

}  // namespace sandlint
