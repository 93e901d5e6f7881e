#include "reporters/visible.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace sandlint {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Controls, line separators, what turns the direction of writing around (bidi controls) and what
// is not seen at all: zero-width characters, soft hyphen, tags, interlinear anchors. U+FFFE and
// U+FFFF are no characters, and no XML document may hold them.
constexpr auto kHarmful = std::to_array<Range>({
    {0x00, 0x1F},
    {0x7F, 0x9F},
    {0xAD, 0xAD},
    {0x61C, 0x61C},
    {0x180E, 0x180E},
    {0x200B, 0x200B},
    {0x200E, 0x200F},
    {0x2028, 0x202E},
    {0x2060, 0x206F},
    {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB},
    {0xFFFE, 0xFFFF},
    {0xE0000, 0xE01EF},
});

// Unicode's East Asian Width W and F in large blocks: exact enough to put a caret below a word.
constexpr auto kWide = std::to_array<Range>({
    {0x1100, 0x115F},
    {0x2E80, 0xA4CF},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x1F300, 0x1FAFF},
    {0x20000, 0x3FFFD},
});
constexpr auto kCombining = std::to_array<Range>({
    {0x300, 0x36F},
    {0x200C, 0x200D},
    {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F},
});

template <std::size_t N>
bool In(const std::array<Range, N>& ranges, char32_t point) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return range.first <= point && point <= range.last; });
}

enum class Kind : std::uint8_t { Plain, Letter, IllFormed };

/// Calls `visit(part, kind)`: for all printable ASCII in a row (most of any text), for each other
/// character, and for each ill-formed byte.
template <typename Visit>
void ForEach(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto special = std::ranges::find_if(text, [](char c) { return c < ' ' || c > '~'; });
    auto length = static_cast<std::size_t>(special - text.begin());
    Kind kind = Kind::Plain;
    if (length == 0) {
      length = SequenceLength(text);
      kind = length == 0 ? Kind::IllFormed : Kind::Letter;
      length = std::max<std::size_t>(length, 1);
    }
    visit(text.substr(0, length), kind);
    text.remove_prefix(length);
  }
}

std::size_t WidthOfPart(std::string_view part, Kind kind) {
  if (kind != Kind::Letter) return part.size();
  const char32_t point = PointOf(part);
  return In(kCombining, point) ? 0 : In(kWide, point) ? 2 : 1;
}

}  // namespace

std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return 0;
  }
  const char32_t point = PointOf(text.substr(0, length));
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return overlong || surrogate || point > 0x10FFFF ? 0 : length;
}

char32_t PointOf(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first;
  char32_t point = first & (0xFFU >> (sequence.size() + 1));
  for (const char byte : sequence.substr(1)) {
    point = (point << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  return point;
}

bool IsHarmless(std::string_view sequence) { return !In(kHarmful, PointOf(sequence)); }

std::string Visible(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  ForEach(text, [&](std::string_view part, Kind kind) {
    if (kind == Kind::Plain || (kind == Kind::Letter && IsHarmless(part))) {
      shown += part;
      return;
    }
    for (const char byte : part) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  });
  return shown;
}

std::string VisibleInLog(std::string_view text) {
  std::string shown = Visible(text);
  for (std::size_t at = shown.find("##["); at != std::string::npos; at = shown.find("##[", at)) {
    shown.replace(at, 3, "##\\x5b");
  }
  return shown;
}

std::size_t WidthOf(std::string_view text) {
  std::size_t width = 0;
  ForEach(text, [&](std::string_view part, Kind kind) { width += WidthOfPart(part, kind); });
  return width;
}

std::string Shortened(std::string_view text, std::size_t limit) {
  if (text.size() <= limit || WidthOf(text) <= limit) return std::string(text);
  std::string shown;
  std::size_t width = 1;  // of the `…`
  ForEach(text, [&](std::string_view part, Kind kind) {
    const std::size_t room = limit > width ? limit - width : 0;
    const std::size_t taken = WidthOfPart(part, kind);
    if (taken <= room) {
      shown += part;
    } else if (kind == Kind::Plain) {
      shown += part.substr(0, room);
    }
    width += taken;
  });
  return shown + "…";
}

std::string EscapedJson(std::string_view json) {
  std::string shown;
  shown.reserve(json.size());
  ForEach(json, [&](std::string_view part, Kind kind) {
    if (kind != Kind::Letter || part == "\n" || IsHarmless(part)) {
      shown += part;
      return;
    }
    const auto point = static_cast<std::uint32_t>(PointOf(part));
    if (point < 0x10000) {
      shown += fmt::format("\\u{:04x}", point);
    } else {
      shown +=
          fmt::format("\\u{:04x}\\u{:04x}", 0xD7C0 + (point >> 10U), 0xDC00 + (point & 0x3FFU));
    }
  });
  return shown;
}

}  // namespace sandlint
