#include <chrono>

#include "text.h"

namespace sandlint {
namespace {

constexpr const char* kText = R"(# compose
name: "a\x41"
list:
  - one
  - 'it''s'   # comment
  - {k: v, n: 12}
empty:
bool: True
str: "true"
tagged: !!str 12
base: &base
  a: 1
  b: 2
merged:
  <<: *base
  b: 3
block: |
  first
  second
alias: *base
)";

TEST_CASE("YAML keeps order, types and places") {
  const Parsed parsed = ParseWith(ParseYaml, kText);
  REQUIRE(parsed.document.Ok());
  CheckSpans(parsed);
  const Node& root = parsed.Root();
  REQUIRE(root.members.size() == 10);
  CHECK(root.members[0].key.span.Text() == "name");
  CHECK(root.Get("name").word.text == "aA");
  CHECK(root.Get("name").word.span.Text() == "a\\x41");
  const Node& list = root.Get("list");
  REQUIRE(list.items.size() == 3);
  CHECK(list.items[0].word.span.Text() == "one");
  CHECK(list.items[1].word.text == "it's");
  CHECK(list.items[1].word.span.Text() == "it''s");
  CHECK(list.items[2].span.Text() == "{k: v, n: 12}");
  CHECK(list.items[2].Get("n").Is(NodeType::Number));
  CHECK(root.Get("empty").Is(NodeType::Null));
  CHECK(root.Get("bool").Is(NodeType::Bool));
  CHECK(root.Get("str").Is(NodeType::String));
  CHECK(root.Get("tagged").Is(NodeType::String));
  CHECK(root.Get("tagged").word.span.Text() == "12");
  CHECK(root.Get("block").word.text == "first\nsecond\n");
  CHECK(root.Get("alias").Get("b").word.text == "2");
  const Node& merged = root.Get("merged");
  CHECK(merged.members.size() == 2);
  CHECK(merged.Get("a").word.text == "1");
  CHECK(merged.Get("b").word.text == "3");
  CHECK(parsed.document.duplicates.empty());
}

TEST_CASE("YAML: of several merged maps the first wins, whatever stands around") {
  const Parsed parsed = ParseWith(ParseYaml,
                                  "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\n"
                                  "c:\n  z: 3\n  <<: [*a, *b]\n");
  REQUIRE(parsed.document.Ok());
  const Node& c = parsed.Root().Get("c");
  CHECK(c.members.size() == 3);
  CHECK(c.Get("x").word.text == "1");
  CHECK(c.Get("y").word.text == "1");
  CHECK(c.Get("z").word.text == "3");
}

TEST_CASE("YAML: of two equal keys the last wins and both are listed") {
  const Parsed parsed = ParseWith(ParseYaml, "a: 1\nb: 2\na: 3\n");
  REQUIRE(parsed.document.duplicates.size() == 1);
  CHECK(parsed.document.duplicates[0].first.begin == 0);
  CHECK(parsed.document.duplicates[0].second.begin == 10);
  CHECK(parsed.Root().Get("a").word.text == "3");
}

TEST_CASE("YAML: scalars by the core schema") {
  struct Row {
    const char* text;
    NodeType type;
  };
  for (const Row& row :
       {Row{"~", NodeType::Null}, Row{"null", NodeType::Null}, Row{"yes", NodeType::String},
        Row{"-1.5e3", NodeType::Number}, Row{"0x1F", NodeType::Number},
        Row{"0o17", NodeType::Number}, Row{".inf", NodeType::Number},
        Row{"1.2.3", NodeType::String}, Row{".", NodeType::String}, Row{"-", NodeType::Array},
        Row{"12:30", NodeType::String}, Row{"'null'", NodeType::String},
        Row{"FALSE", NodeType::Bool}}) {
    INFO(row.text);
    CHECK(ParseWith(ParseYaml, row.text).Root().type == row.type);
  }
}

TEST_CASE("YAML: hostile texts end soon") {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
              Repeat("*a" + std::to_string(i - 1) + ", ", 9) + "]\n";
  }
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& text : {laughs,
                                  Repeat("[", 20'000),
                                  Repeat("{", 20'000),
                                  Repeat("- ", 20'000),
                                  Repeat("? ", 20'000),
                                  Repeat("{a: ", 20'000),
                                  Repeat("&a ", 20'000),
                                  Repeat("!a ", 20'000),
                                  Repeat("a: &a\n", 20'000),
                                  Repeat("- &a [", 150) + Repeat("x, ", 20'000),
                                  Repeat("\"", 20'001),
                                  Repeat("a: b\n", 60'000),
                                  Repeat("--- \n", 20'000),
                                  std::string("a: &a [*a]"),
                                  std::string("a: *nobody"),
                                  std::string("\xFF\xFE"),
                                  std::string("a\0b", 3),
                                  Repeat("a", 2'000'000),
                                  std::string("%YAML 9.9\n--- a"),
                                  std::string("a: b\n  c: d"),
                                  std::string("? {a: b}\n: c"),
                                  std::string("\t- a")}) {
    INFO(text.substr(0, 40));
    const Parsed parsed = ParseWith(ParseYaml, text);
    CheckSpans(parsed);
  }
  CHECK_FALSE(ParseWith(ParseYaml, laughs).document.Ok());
  CHECK_FALSE(ParseWith(ParseYaml, "a: &a [*a]").document.Ok());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

TEST_CASE("YAML: problems do not repeat the text") {
  const Parsed parsed = ParseWith(ParseYaml, "a: [\nb: *s3cr3t\n");
  REQUIRE_FALSE(parsed.document.Ok());
  CHECK(parsed.document.problems[0].text.find("s3cr3t") == std::string::npos);
}

TEST_CASE("YAML: mangled texts") { Mangle(ParseYaml, kText); }

TEST_CASE("Front matter has the places of its file") {
  const Parsed parsed = ParseWith(ParseFrontMatter,
                                  "---\r\nname: a\r\nmcpServers:\r\n  - x: {command: bwrap}\r\n"
                                  "---\r\nText: no\r\n---\r\n");
  REQUIRE(parsed.document.Ok());
  CheckSpans(parsed);
  CHECK(parsed.Root().members.size() == 2);
  const Node& command = parsed.Root().Get("mcpServers").items.at(0).Get("x").Get("command");
  CHECK(command.word.span.Text() == "bwrap");
  CHECK(PositionOf(*parsed.source, command.word.span.begin).line == 4);
  struct Row {
    const char* text;
    NodeType type;
  };
  for (const Row& row :
       {Row{"", NodeType::Missing}, Row{"---", NodeType::Missing}, Row{"---\n", NodeType::Missing},
        Row{"---\na: b\n", NodeType::Missing}, Row{" ---\na: b\n---\n", NodeType::Missing},
        Row{"x\n---\na: b\n---\n", NodeType::Missing}, Row{"----\na: b\n----\n", NodeType::Missing},
        Row{"--- \na: b\n---", NodeType::Object}, Row{"---\na: b\n--- \nx", NodeType::Object},
        Row{"\xEF\xBB\xBF---\na: b\n---\n", NodeType::Object}, Row{"---\n---\n", NodeType::Missing},
        Row{"---\na: b\n----\nc: d\n---\n", NodeType::Missing}}) {
    INFO(row.text);
    CHECK(ParseWith(ParseFrontMatter, row.text).Root().type == row.type);
  }
  Mangle(ParseFrontMatter, "---\na: [b, c]\n---\ntext\n");
}

}  // namespace
}  // namespace sandlint
