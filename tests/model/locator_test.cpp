#include "model/locator.h"

#include <string>

#include "catch.h"

using namespace sandlint;

TEST_CASE("a locator says what PositionOf says, in any order") {
  Source source{"f", "\xEF\xBB\xBF{\r\n", false};
  while (source.text.size() < 20000) source.text += "é😀x\r\n\ry\nlong " + std::string(97, 'z');
  for (const ColumnUnit unit : {ColumnUnit::Byte, ColumnUnit::CodePoint, ColumnUnit::Utf16}) {
    Locator locator(unit);
    const auto size = static_cast<std::uint32_t>(source.text.size());
    for (std::uint32_t step = 0; step < size + 10; step += 37) {
      const std::uint32_t offset = (step * 7919U) % (size + 10);
      if (!(locator.Of(source, offset) == PositionOf(source, offset, unit))) {
        INFO(offset);
        CHECK(locator.Of(source, offset) == PositionOf(source, offset, unit));
      }
    }
  }
  const Source empty{"e", "", false};
  CHECK(Locator().Of(empty, 0) == Position{1, 1});
}
