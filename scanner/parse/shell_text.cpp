// The text of a script, and how the offsets of its syntax tree map to a file.

#include <algorithm>

#include "scanner/parse/shell_words.h"

namespace sandlint {

Span ShellText::SpanOf(std::uint32_t begin, std::uint32_t end) const {
  Span span = where;
  if (exact && span) {
    span.begin = where.begin + begin;
    span.end = where.begin + end;
  }
  return span;
}

Span ShellText::SpanOf(TSNode node) const {
  return SpanOf(ts_node_start_byte(node), ts_node_end_byte(node));
}

std::string_view ShellText::TextOf(TSNode node) const {
  const std::uint32_t begin = ts_node_start_byte(node);
  return text.substr(begin, ts_node_end_byte(node) - begin);
}

bool ShellText::IsHole(std::uint32_t begin, std::uint32_t end) const {
  if (word == nullptr) return false;
  return std::ranges::any_of(word->holes, [&](const Hole& hole) {
    return !hole.assumed && hole.begin < end && hole.end > begin;
  });
}

std::string_view TypeOf(TSNode node) {
  return ts_node_is_null(node) ? std::string_view{} : std::string_view(ts_node_type(node));
}

}  // namespace sandlint
