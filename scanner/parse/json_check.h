#pragma once

#include <string>

#include "scanner/parse/node.h"

namespace sandlint {

/// How deep a document may nest; deeper ones are not read at all.
inline constexpr std::size_t kMaxJsonDepth = 512;
/// How many values a document may hold: about 300 bytes of memory each.
inline constexpr std::size_t kMaxJsonValues = 250'000;
/// A text with problems is still read for what can be recovered, up to this size.
inline constexpr std::size_t kMaxRecoveredBytes = std::size_t{1} << 20;

/// Reads the text once, in a time that depends on its length alone, and lists in `document` all
/// that RFC 8259 does not allow. What comes back is a text for the grammar: of the same length
/// (closing brackets may follow), with comments, trailing commas and the insides of escapes
/// blanked, so that every offset stands. Empty when there is nothing to read on with.
std::string CheckJson(const Source& source, Document& document);

}  // namespace sandlint
