#include "reporters/visible.h"

#include <string>

#include "catch.h"

using namespace sandlint;

TEST_CASE("visible: what acts on a terminal is shown, all else stays") {
  CHECK(Visible("plain é 漢 😀") == "plain é 漢 😀");
  CHECK(Visible("a\x1b[31m\n\t") == "a\\x1b[31m\\x0a\\x09");
  CHECK(Visible("\u0085\u009b") == "\\xc2\\x85\\xc2\\x9b");
  for (const char* turning : {"\u200B", "\u200E", "\u061C", "\u202E", "\u2066", "\u2069", "\uFEFF",
                              "\u00AD", "\U000E0041"}) {
    CHECK(Visible(turning).find("\\x") == 0);
  }
  CHECK(Visible("\xff\xc3(\xe2\x82") == "\\xff\\xc3(\\xe2\\x82");
  CHECK(Visible("\xed\xa0\x80\xc0\xaf") == "\\xed\\xa0\\x80\\xc0\\xaf");
  CHECK(VisibleInLog("a ##[group]b") == "a ##\\x5bgroup]b");
}

TEST_CASE("visible: width and shortening count columns") {
  CHECK(WidthOf("abc") == 3);
  CHECK(WidthOf("漢字") == 4);
  CHECK(WidthOf("e\u0301") == 1);
  CHECK(Shortened("abcdef", 6) == "abcdef");
  CHECK(Shortened("abcdefg", 6) == "abcde…");
  CHECK(Shortened("漢字漢字", 5) == "漢字…");
}

TEST_CASE("visible: JSON is the same document with escapes") {
  CHECK(EscapedJson("{\"a\": \"\u202E\U000E0041é\"}\n") == "{\"a\": \"\\u202e\\udb40\\udc41é\"}\n");
}
