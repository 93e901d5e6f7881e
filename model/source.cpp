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

Position Advance(const Source& source, Position position, std::uint32_t from, std::uint32_t to,
                 ColumnUnit unit) {
  const std::string_view text = source.text;
  const std::size_t end = std::min<std::size_t>(to, text.size());
  std::size_t at = from;
  if (at == 0 && text.starts_with(kByteOrderMark)) at = std::min(kByteOrderMark.size(), end);
  for (; at < end; ++at) {
    if (EndsLine(text, at)) {
      ++position.line;
      position.column = 1;
    } else {
      position.column += ColumnsOf(static_cast<unsigned char>(text[at]), unit);
    }
  }
  return position;
}

Position PositionOf(const Source& source, std::uint32_t offset, ColumnUnit unit) {
  return Advance(source, {}, 0, offset, unit);
}

std::string_view LineAt(const Source& source, std::uint32_t offset) {
  const std::string_view text = source.text;
  const std::size_t start = LineStart(text, std::min<std::size_t>(offset, text.size()));
  const std::size_t end = std::min(text.find_first_of("\r\n", start), text.size());
  return text.substr(start, end - start);
}

Span FirstLine(const Span& span) {
  if (!span) return span;
  // Within the span only: the line may be all of a large file.
  const std::size_t length = span.Text().find_first_of("\r\n");
  Span first = span;
  if (length != std::string_view::npos) first.end = span.begin + static_cast<std::uint32_t>(length);
  return first;
}

}  // namespace sandlint
