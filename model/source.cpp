#include "model/source.h"

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool EndsLine(std::string_view text, std::size_t at) {
  return text[at] == '\n' || (text[at] == '\r' && !(at + 1 < text.size() && text[at + 1] == '\n'));
}

std::size_t LineStart(std::string_view text, std::size_t offset) {
  std::size_t start = offset;
  while (start > 0 && !EndsLine(text, start - 1)) --start;
  return start;
}

/// How many columns the byte that starts with `c` opens in `unit`; continuation bytes open none.
std::uint32_t ColumnsOf(unsigned char c, ColumnUnit unit) {
  if (unit == ColumnUnit::Byte) return 1;
  if ((c & 0xC0) == 0x80) return 0;
  return unit == ColumnUnit::Utf16 && c >= 0xF0 ? 2 : 1;
}

}  // namespace

Position PositionOf(const Source& source, std::uint32_t offset, ColumnUnit unit) {
  const std::string_view text = source.text;
  const std::size_t end = std::min<std::size_t>(offset, text.size());
  Position position;
  std::size_t start = 0;
  for (std::size_t at = 0; at < end; ++at) {
    if (!EndsLine(text, at)) continue;
    ++position.line;
    start = at + 1;
  }
  if (start == 0 && text.starts_with(kByteOrderMark)) start = std::min(kByteOrderMark.size(), end);
  for (std::size_t at = start; at < end; ++at) {
    position.column += ColumnsOf(static_cast<unsigned char>(text[at]), unit);
  }
  return position;
}

std::string_view LineAt(const Source& source, std::uint32_t offset) {
  const std::string_view text = source.text;
  const std::size_t start = LineStart(text, std::min<std::size_t>(offset, text.size()));
  const std::size_t end = std::min(text.find_first_of("\r\n", start), text.size());
  return text.substr(start, end - start);
}

Span FirstLine(const Span& span) {
  if (!span) return span;
  const std::size_t line_end = span.source->text.find_first_of("\r\n", span.begin);
  Span first = span;
  if (line_end < span.end) first.end = static_cast<std::uint32_t>(line_end);
  return first;
}

}  // namespace sandlint
