#pragma once

#include <string>
#include <string_view>

namespace sandlint {

/// A pattern of srt's settings as a regular expression without anchors: `**/` is any folders, `**`
/// anything, `*` and `?` stop at a slash, brackets are a class.
std::string SrtPatternOf(std::string_view glob);

}  // namespace sandlint
