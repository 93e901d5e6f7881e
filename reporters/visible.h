#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sandlint {

/// Text of a stranger made harmless for a terminal: control characters, what turns the direction of
/// writing or takes no room, and what is no UTF-8 become visible escapes (`\x1b`).
std::string Visible(std::string_view text);

/// The same for the log of a CI job: a runner obeys `##[command]` anywhere in a line.
std::string VisibleInLog(std::string_view text);

/// Length of the valid UTF-8 sequence at the start of `text`, which is not empty; 0: there is none.
std::size_t SequenceLength(std::string_view text);

/// The code point of a valid sequence.
char32_t PointOf(std::string_view sequence);

/// Can a sequence be shown as it is? See Visible.
bool IsHarmless(std::string_view sequence);

/// Columns of a terminal that a text takes: wide letters two, combining marks none.
std::size_t WidthOf(std::string_view text);

/// At most `limit` columns of `text`, and `…` where something was cut.
std::string Shortened(std::string_view text, std::size_t limit);

/// What is valid JSON with every character that Visible would show as an escape written as
/// `\uXXXX`: the same document, without surprises for whoever looks at its text.
std::string EscapedJson(std::string_view json);

}  // namespace sandlint
