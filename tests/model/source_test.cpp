#include "model/source.h"

#include "catch.h"
#include "model/word.h"

using namespace sandlint;

TEST_CASE("a position counts lines at LF, CRLF and a lone CR") {
  const Source source{"f", "a\nb\r\nc\rd", false};
  CHECK(PositionOf(source, 0) == Position{1, 1});
  CHECK(PositionOf(source, 2) == Position{2, 1});
  CHECK(PositionOf(source, 5) == Position{3, 1});
  CHECK(PositionOf(source, 7) == Position{4, 1});
  CHECK(PositionOf(source, 4) == Position{2, 3});
}

TEST_CASE("columns count what the reader of a report counts") {
  const Source source{"f", "x\n\xC3\xA9\xF0\x9F\x98\x80y", false};
  const std::uint32_t y = 2 + 2 + 4;
  CHECK(PositionOf(source, y, ColumnUnit::Byte) == Position{2, 7});
  CHECK(PositionOf(source, y, ColumnUnit::CodePoint) == Position{2, 3});
  CHECK(PositionOf(source, y, ColumnUnit::Utf16) == Position{2, 4});
}

TEST_CASE("a byte order mark is no column") {
  const Source source{"f", "\xEF\xBB\xBF{}", false};
  CHECK(PositionOf(source, 3) == Position{1, 1});
  CHECK(PositionOf(source, 4) == Position{1, 2});
}

TEST_CASE("an offset behind the end is the end") {
  const Source source{"f", "ab", false};
  CHECK(PositionOf(source, 99) == Position{1, 3});
}

TEST_CASE("a span is cut at the end of its first line") {
  const Source source{"f", "one\r\ntwo", false};
  const Span first = FirstLine({&source, 1, 8});
  CHECK(first.Text() == "ne");
  CHECK(LineAt(source, 6) == "two");
}

TEST_CASE("a part of a word keeps the exact place where nothing was escaped") {
  const Source source{"f", "'A=b c'", false};
  const Word word{"A=b c", {&source, 1, 6}, {{2, 5, "$X", false}}, 3};
  const auto split = SplitAssignment(word);
  REQUIRE(split);
  CHECK(split->key.text == "A");
  CHECK(split->key.Known());
  CHECK(split->value.text == "b c");
  CHECK(split->value.span.Text() == "b c");
  CHECK(split->value.argv_index == 3);
  REQUIRE(split->value.holes.size() == 1);
  CHECK(split->value.holes[0].begin == 0);
  CHECK(split->value.StartsUnknown());
}

TEST_CASE("a part of an escaped word falls back to the whole word") {
  const Source source{"f", "\"a\\\"=b\"", false};
  const Word word{"a\"=b", {&source, 1, 6}, {}, -1};
  CHECK(Part(word, 3).span == word.span);
}
