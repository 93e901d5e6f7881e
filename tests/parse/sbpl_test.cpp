#include "scanner/parse/sbpl.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.h"
#include "paths.h"

namespace sandlint {
namespace {

SbplText Parse(Source& source) {
  Word word;
  word.text = source.text;
  word.span = {&source, 0, static_cast<std::uint32_t>(source.text.size())};
  return ParseSbpl(word);
}

/// `[allow file-read* [subpath "/a"]]`; patterns as /…/.
std::string Shape(const SbplValue& value) {
  switch (value.type) {
    case SbplType::Symbol:
    case SbplType::Bool:
      return value.word.text;
    case SbplType::String:
      return '"' + value.word.text + '"';
    case SbplType::Raw:
      return '/' + value.word.text + '/';
    case SbplType::List:
    case SbplType::Quoted:
      break;
  }
  std::string text = value.type == SbplType::Quoted ? "'[" : "[";
  for (const SbplValue& item : value.items) {
    if (text.back() != '[') text += ' ';
    text += Shape(item);
  }
  return text + ']';
}

TEST_CASE("SBPL is read into lists, symbols and strings") {
  struct Row {
    const char* text;
    const char* shape;
  };
  const Row rows[] = {
      {"(version 1)", "[version 1]"},
      {"(allow file-read* (subpath \"/a b\")) ; ) \"", "[allow file-read* [subpath \"/a b\"]]"},
      {"(regex #\"^/dev/tty\\.[0-9]+$\")", "[regex /^/dev/tty\\.[0-9]+$/]"},
      {"(literal \"a\\\"b\\\\c\")", "[literal \"a\"b\\c\"]"},
      {"(defined? 'x)", "[defined? '[x]]"},
      {"(if #t () #f)", "[if #t [] #f]"},
      {"(a;b\n c)", "[a c]"},
      {"(a\"b\"c)", "[a \"b\" c]"},
  };
  for (const Row& row : rows) {
    Source source{"p.sb", row.text, false};
    const SbplText text = Parse(source);
    INFO(row.text);
    CHECK(text.problems.empty());
    REQUIRE(text.forms.size() == 1);
    CHECK(Shape(text.forms[0]) == row.shape);
  }
}

TEST_CASE("every word of a profile knows its place") {
  Source source{"p.sb", "(version 1)\n(allow file-read* (subpath \"/a\"))\n", false};
  const SbplText text = Parse(source);
  REQUIRE(text.forms.size() == 2);
  CHECK(text.forms[1].word.span.Text() == "(allow file-read* (subpath \"/a\"))");
  CHECK(text.forms[1].items[1].word.span.Text() == "file-read*");
  CHECK(text.forms[1].items[2].items[1].word.span.Text() == "/a");
}

TEST_CASE("a broken profile says where, and what stands before it is read") {
  struct Row {
    std::string text;
    std::size_t forms;
    const char* problem;
  };
  const Row rows[] = {
      {"(version 1) (allow", 1, "not closed"},
      {"(version 1))", 1, "closes no list"},
      {"(allow \"x", 0, "not closed"},
      {"(version 1) #| x |#", 1, "#"},
      {"'", 0, "quote"},
      {std::string(5000, '('), 0, "too deep"},
      {std::string(50'000, '(') + std::string(50'000, ')'), 0, "too deep"},
      {std::string("\0(", 2), 0, "not closed"},
  };
  for (const Row& row : rows) {
    Source source{"p.sb", row.text, false};
    const SbplText text = Parse(source);
    INFO(row.text.substr(0, 40));
    REQUIRE(text.problems.size() == 1);
    CHECK(text.problems[0].text.find(row.problem) != std::string::npos);
    if (row.forms > 0) CHECK(text.forms.size() == row.forms);
  }
}

TEST_CASE("a large profile is bounded") {
  std::string many;
  for (int at = 0; at < 120'000; ++at) many += "a ";
  Source source{"p.sb", many, false};
  const SbplText text = Parse(source);
  REQUIRE(text.problems.size() == 1);
  CHECK(text.problems[0].text == "it holds too many values");
}

TEST_CASE("every profile of the corpus is read without a problem") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(kSourceDir) / "../shared/corpus/sbpl";
  if (!fs::is_directory(folder)) {
    WARN("skipped: there is no corpus");
    return;
  }
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    Source source{entry.path().filename(), bytes.str(), false};
    const SbplText text = Parse(source);
    INFO(source.path);
    CHECK(text.problems.empty());
    CHECK(!text.forms.empty());
    ++count;
  }
  CHECK(count > 0);
}

}  // namespace
}  // namespace sandlint
