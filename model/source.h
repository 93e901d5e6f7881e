#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sandlint {

/// One text that was read: a file, or a command line given by hand. Lives as long as its Workspace
/// and never moves, so that a Span may point at it.
struct Source {
  /// As a report shows it: relative to the root that was checked, forward slashes, or `argv`.
  std::string path;
  std::string text;
  /// An argv given on sandlint's own command line: words are separated by one NUL, there are no
  /// lines.
  bool is_argv = false;
};

/// A byte range of one source; empty (`!span`) where nothing was written.
struct Span {
  const Source* source = nullptr;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  explicit operator bool() const { return source != nullptr; }
  std::string_view Text() const {
    return source == nullptr ? std::string_view{}
                             : std::string_view(source->text).substr(begin, end - begin);
  }
  friend bool operator==(const Span&, const Span&) = default;
};

/// What one column counts: bytes, code points (terminals, gcc style) or UTF-16 units (SARIF).
enum class ColumnUnit { Byte, CodePoint, Utf16 };

/// Both are 1-based. A byte order mark is not counted as a column.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend bool operator==(const Position&, const Position&) = default;
};

/// Where `offset` is. LF, CRLF and a lone CR end a line. Linear in the size of the source.
Position PositionOf(const Source& source, std::uint32_t offset,
                    ColumnUnit unit = ColumnUnit::CodePoint);

/// `position` is that of the byte `from`: that of the byte `to` behind it. For many places of one
/// source see Locator.
Position Advance(const Source& source, Position position, std::uint32_t from, std::uint32_t to,
                 ColumnUnit unit = ColumnUnit::CodePoint);

/// The text of the line that holds `offset`, without its line end.
std::string_view LineAt(const Source& source, std::uint32_t offset);

/// The part of `span` that lies on its first line: reports show one line only.
Span FirstLine(const Span& span);

}  // namespace sandlint
