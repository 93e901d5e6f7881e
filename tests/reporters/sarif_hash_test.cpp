// The vectors are those of codeql-action's own tests, and some for ill-formed text that its
// implementation and an independent one agree on.

#include "reporters/sarif_hash.h"

#include <string>
#include <string_view>
#include <vector>

#include "catch.h"

using namespace sandlint;

namespace {

using Hashes = std::vector<std::string>;

/// With `:1` where no ordinal is given.
Hashes Expected(Hashes hashes) {
  for (std::string& hash : hashes) {
    if (hash.find(':') == std::string::npos) hash += ":1";
  }
  return hashes;
}

const std::string_view kGreetings[] = {" hello; \t", "world!!!", "", "", "  \t\tGreetings", " End"};

std::string Joined(std::string_view end, bool last) {
  std::string text;
  for (const std::string_view line : kGreetings) {
    text += line;
    text += end;
  }
  if (!last) text.resize(text.size() - end.size());
  return text;
}

}  // namespace

TEST_CASE("hash: an empty file has one line") {
  CHECK(LineHashes("") == Expected({"c129715d7a2bc9a3"}));
}

TEST_CASE("hash: blanks do not count") {
  CHECK(LineHashes(" a\nb\n  \t\tc\n d") ==
        Expected({"271789c17abda88f", "54703d4cd895b18", "180aee12dab6264", "a23a3dc5e078b07b"}));
  CHECK(LineHashes(Joined("\n", false)) ==
        Expected({"8b7cf3e952e7aeb2", "b1ae1287ec4718d9", "bff680108adb0fcc", "c6805c5e1288b612",
                  "b86d3392aea1be30", "e6ceba753e1a442"}));
}

TEST_CASE("hash: every kind of line end is the same") {
  const Hashes expected =
      Expected({"e9496ae3ebfced30", "fb7c023a8b9ccb3f", "ce8ba1a563dcdaca", "e20e36e16fcb0cc8",
                "b3edc88f2938467e", "c8e28b0b4002a3a0", "c129715d7a2bc9a3"});
  for (const char* end : {"\n", "\r", "\r\n"}) CHECK(LineHashes(Joined(end, true)) == expected);
  CHECK(LineHashes(" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n") == expected);
}

TEST_CASE("hash: equal lines are numbered, and the window runs on into the next lines") {
  std::string text;
  for (int line = 0; line < 10; ++line) text += "Lorem ipsum dolor sit amet.\n";
  CHECK(LineHashes(text) ==
        Expected({"a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3",
                  "a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6",
                  "a7f2ff1481e87703", "a9cf91f7bbf1862b", "55ec222b86bcae53", "cc97dc7b1d7d8f7b",
                  "c129715d7a2bc9a3"}));
}

TEST_CASE("hash: a byte order mark counts, and letters outside of the first plane are two units") {
  CHECK(LineHashes("\xEF\xBB\xBF{\r\n\t\"a\": 1\r\n}\r\n") ==
        Expected({"c2f2906220fe0544", "8266b7077bdffbc", "32dce9ccfdbc9d3e", "c129715d7a2bc9a3"}));
  CHECK(LineHashes("a😀b\nü\t é\n") ==
        Expected({"2598ffc8a3d11c1c", "fb29fec812ac4ffe", "c129715d7a2bc9a3"}));
}

TEST_CASE("hash: ill-formed text is replaced as browsers do") {
  using namespace std::string_literals;
  CHECK(LineHashes("ab\xFF\xFE\n"
                   "cd\xC3\n"
                   "\xE2\x82x\n"
                   "\xF0\x9F\x98\n"
                   "end"s) == Expected({"3b2c6680110633d9", "371fe50c0230ad42", "e67de5514005e0ac",
                                        "ae6fa97cd0044c15", "43b6461eda086fe2"}));
}

TEST_CASE("hash: a blank after CR makes the LF behind it a line end of its own") {
  CHECK(LineHashes("a\r \nb\r\t\nc") ==
        Expected({"c52f781a43dbc195", "73409ca04f7d2c2e", "b0367d257df6d03c", "1c206f60a702cfe8",
                  "188ff2f224477a1e"}));
}

TEST_CASE("hash: a line is asked for by its number") {
  const Source source{"f", "a\nb\n", false};
  HashedLines lines;
  CHECK(lines.Of(source, 1) == LineHashes(source.text)[0]);
  CHECK(lines.Of(source, 3) == "c129715d7a2bc9a3:1");
  CHECK(lines.Of(source, 4).empty());
  CHECK(lines.Of(source, 0).empty());
}
