#include "reporters/snippet.h"

#include <algorithm>
#include <string_view>

#include "reporters/visible.h"

namespace sandlint {
namespace {

/// What no terminal shows in one line is not worth escaping.
constexpr std::size_t kMostBytes = 1024;

/// A tab has no width of its own.
std::string Shown(std::string text) {
  std::ranges::replace(text, '\t', ' ');
  return Visible(text);
}

/// The last `limit` bytes of `text`, from the start of a letter on.
std::string_view Tail(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t start = text.size() - limit;
  while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) ++start;
  return text.substr(start);
}

std::string_view WithoutMark(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return line;
}

}  // namespace

Snippet SnippetOf(const ReportPlace& place, const Masker& masker, std::size_t width) {
  Snippet snippet;
  if (!place.span || place.span.source->is_argv) return snippet;
  const Source& source = *place.span.source;
  const std::string_view line = WithoutMark(LineAt(source, place.span.begin));
  const auto start = static_cast<std::uint32_t>(line.data() - source.text.data());
  const std::uint32_t word = std::max(place.span.begin, start);
  const std::uint32_t end =
      std::clamp(place.span.end, word, start + static_cast<std::uint32_t>(line.size()));

  const auto piece = [&](std::uint32_t from, std::string_view text) {
    return Shown(masker.Piece(source, from, text));
  };
  const std::string_view head = Tail(line.substr(0, word - start), kMostBytes);
  std::string before = piece(word - static_cast<std::uint32_t>(head.size()), head);
  const std::string middle =
      piece(word, line.substr(word - start, std::min<std::size_t>(end - word, kMostBytes)));
  const std::string after = piece(end, line.substr(end - start).substr(0, kMostBytes));

  // A third of the line before the word is enough to know where one is.
  const bool fits = WidthOf(before) + WidthOf(middle) + WidthOf(after) <= width;
  const bool cut = head.size() < word - start;
  if (cut || (!fits && WidthOf(before) > width / 3)) {
    before = "…" + std::string(Tail(before, width / 3));
  }
  snippet.indent = WidthOf(before);
  snippet.line = Shortened(before + middle + after, std::max<std::size_t>(width, 20));
  const std::size_t room = std::max<std::size_t>(WidthOf(snippet.line), snippet.indent + 1);
  snippet.length = std::clamp<std::size_t>(WidthOf(middle), 1, room - snippet.indent);
  return snippet;
}

}  // namespace sandlint
