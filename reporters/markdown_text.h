#pragma once

#include <string>
#include <string_view>

namespace sandlint {

/// Text of a stranger as a Markdown code span: the one place where a renderer makes no link, no
/// mention and no markup of it. In a cell of a table `|` needs an escape of its own.
std::string CodeSpan(std::string_view text, bool in_table);

/// Ordinary prose as it is; anything that could be markup, a mention or a link as a code span.
std::string Prose(std::string_view text, bool in_table);

}  // namespace sandlint
