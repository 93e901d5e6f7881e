// The reader of JSON against RFC 8259: JSON.parse of node is asked where it is installed.
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "paths.h"
#include "scanner/parse/json_check.h"
#include "text.h"

namespace sandlint {
namespace {

struct Row {
  std::string text;
  bool good;
};

const std::vector<Row>& Rows() {
  static const std::vector<Row> kRows = {
      {"{}", true},
      {"[]", true},
      {"null", true},
      {"\"a\"", true},
      {" \t\r\n{\"a\": [1, -0.5e+10, true, null, \"\\u00e9\\n\"]} ", true},
      {"{\"a\":1,\"a\":2}", true},
      {"\"\\ud83d\\ude00\"", true},
      {"\"\\ud83d\"", true},
      {"1e400", true},
      {"-0", true},
      {"", false},
      {"   ", false},
      {"{", false},
      {"}", false},
      {"[1,]", false},
      {"{\"a\":1,}", false},
      {"[,1]", false},
      {"[1 2]", false},
      {"{\"a\" 1}", false},
      {"{\"a\":}", false},
      {"{a:1}", false},
      {"{'a':1}", false},
      {"01", false},
      {"1.", false},
      {".5", false},
      {"+1", false},
      {"0x10", false},
      {"NaN", false},
      {"Infinity", false},
      {"undefined", false},
      {"True", false},
      {"\"a", false},
      {"\"\\x41\"", false},
      {"\"\\u12\"", false},
      {"\"a\nb\"", false},
      {"\"a\tb\"", false},
      {"1 2", false},
      {"{} {}", false},
      {"[1]]", false},
      {"[1}", false},
      {"// c\n{}", false},
      {"{} /* c */", false},
      {"\f1", false},
      {"\xC2\xA0"
       "1",
       false},
      {"[\"a\",\n\"b\"\n\"c\"]", false},
      {"\xEF\xBB\xBF{}", false},
      {std::string("{\"a\":\0}", 7), false},
      {"nul", false},
      {"truefalse", false},
      {"--1", false},
      {"1e", false},
      {"1e+", false},
      {"\"\\\"", false},
      {"[\"a\":1]", false},
      {"{\"a\":1 \"b\":2}", false},
      {"{\"a\":1,,\"b\":2}", false},
      {"{1:2}", false},
      {"{null:2}", false},
  };
  return kRows;
}

bool Strict(const Document& document) { return document.Ok() && document.extensions.empty(); }

TEST_CASE("JSON: strict where RFC 8259 is") {
  for (const Row& row : Rows()) {
    INFO(row.text);
    const Parsed parsed = ParseWith(ParseJson, row.text);
    CHECK(Strict(parsed.document) == row.good);
    CheckSpans(parsed);
  }
}

TEST_CASE("JSON: node agrees with every row") {
  if (std::system("node -e 0 >/dev/null 2>&1") != 0) {
    WARN("skipped: node is not installed");
    REQUIRE(std::getenv("SANDLINT_REQUIRE_ORACLES") == nullptr);
    return;
  }
  std::string name = std::string(kBuildDir) + "/json_rows.js";
  std::ofstream script(name);
  for (const Row& row : Rows()) {
    script << "try{JSON.parse(Buffer.from('";
    for (const unsigned char c : row.text) {
      const char* digits = "0123456789abcdef";
      script << digits[c >> 4] << digits[c & 15];
    }
    // TextDecoder would drop a byte order mark; toString keeps it.
    script << "','hex').toString());console.log('1')}catch{console.log('0')}\n";
  }
  script.close();
  FILE* pipe = popen(("node " + name).c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (const Row& row : Rows()) {
    char line[8] = {};
    REQUIRE(fgets(line, sizeof line, pipe) != nullptr);
    INFO(row.text);
    CHECK((line[0] == '1') == row.good);
  }
  pclose(pipe);
}

TEST_CASE("JSON: extensions are read and listed") {
  const Parsed parsed =
      ParseWith(ParseJson, "\xEF\xBB\xBF{ // c\n \"a\": [1, 2,], /* d */ \"b\": \"//no\",\n}\n");
  REQUIRE(parsed.document.Ok());
  int comments = 0;
  int commas = 0;
  int marks = 0;
  for (const ExtensionUse& use : parsed.document.extensions) {
    comments += use.extension == Extension::Comment ? 1 : 0;
    commas += use.extension == Extension::TrailingComma ? 1 : 0;
    marks += use.extension == Extension::ByteOrderMark ? 1 : 0;
  }
  CHECK(comments == 2);
  CHECK(commas == 2);
  CHECK(marks == 1);
  CHECK(parsed.Root().Get("a").items.size() == 2);
  CHECK(parsed.Root().Get("b").word.text == "//no");
}

TEST_CASE("JSON: values, places and duplicates") {
  const Parsed parsed =
      ParseWith(ParseJson, "{\"k\\u0065y\": \"a\\\\\\\"\\u00e9\", \"n\": -1.5e3, \"key\": true}");
  REQUIRE(parsed.document.Ok());
  const Node& root = parsed.Root();
  REQUIRE(root.members.size() == 3);
  CHECK(root.members[0].key.text == "key");
  CHECK(root.members[0].key.span.Text() == "k\\u0065y");
  CHECK(root.members[0].value.word.text == "a\\\"\xC3\xA9");
  CHECK(root.members[0].value.span.Text() == "\"a\\\\\\\"\\u00e9\"");
  CHECK(root.Get("n").Is(NodeType::Number));
  CHECK(root.Get("key").Is(NodeType::Bool));
  REQUIRE(parsed.document.duplicates.size() == 1);
  CHECK(parsed.document.duplicates[0].key == "key");
  CHECK(ParseWith(ParseJson, "\"\\ud83d\\ude00\"").Root().word.text == "\xF0\x9F\x98\x80");
  CHECK(ParseWith(ParseJson, "\"\\ud83dx\"").Root().word.text == "\xEF\xBF\xBDx");
}

TEST_CASE("JSON: what can be read is there beside the problems") {
  const Parsed parsed = ParseWith(
      ParseJson,
      "{\"mcpServers\": {\"a\": {\"command\": \"bwrap\" \"args\": [\"x\"]}, \"b\": {\"comm");
  CHECK_FALSE(parsed.document.Ok());
  CheckSpans(parsed);
  const Node& a = parsed.Root().Get("mcpServers").Get("a");
  CHECK(a.Get("command").word.text == "bwrap");
  CHECK(a.Get("args").items.size() == 1);
}

TEST_CASE("JSON: problems stand on their line") {
  struct Line {
    const char* text;
    std::uint32_t line;
  };
  for (const Line& row : {Line{"{\n\"a\": 1\n\"b\": 2}", 3}, Line{"{\n\"a\": [1,\n 2}", 3},
                          Line{"[\n1,\nnope]", 3}, Line{"[1\n", 1}}) {
    INFO(row.text);
    const Parsed parsed = ParseWith(ParseJson, row.text);
    REQUIRE_FALSE(parsed.document.Ok());
    CHECK(PositionOf(*parsed.source, parsed.document.problems[0].where.begin).line == row.line);
  }
}

TEST_CASE("JSON: hostile texts end") {
  const std::string deep = Repeat("[", 20'000);
  for (const std::string& text :
       {deep, deep + Repeat("]", 20'000), Repeat("{\"a\":", 20'000), Repeat("[{\"a\":", 20'000),
        Repeat("\"", 20'001), Repeat("[1,", 20'000), "[" + Repeat("1,", 300'000) + "1]",
        "[" + Repeat("x ", 600'000), std::string("\xFF\xFE{\0}\0", 6), std::string("{\0}\0", 4),
        Repeat("/*", 20'000), Repeat("//\n", 20'000), Repeat("}", 20'000), Repeat(":,", 20'000),
        Repeat("'", 20'001), std::string("\xEF\xBB\xBF"), std::string("\xED\xA0\x80")}) {
    INFO(text.substr(0, 40));
    const Parsed parsed = ParseWith(ParseJson, text);
    CheckSpans(parsed);
    CHECK_FALSE(parsed.document.Ok());
    CHECK(parsed.document.problems.size() <= 25);
  }
  const Parsed most = ParseWith(ParseJson, Repeat("[", kMaxJsonDepth) + Repeat("]", kMaxJsonDepth));
  CHECK(most.document.Ok());
}

TEST_CASE("JSON: no problem repeats the text") {
  for (const char* text : {"{s3cr3t: 1}", "[s3cr3t]", "{\"a\": 's3cr3t'}", "{\"a\": \"s3cr3t}"}) {
    for (const ParseProblem& problem : ParseWith(ParseJson, text).document.problems) {
      CHECK(problem.text.find("s3cr3t") == std::string::npos);
    }
  }
}

TEST_CASE("JSON: mangled texts") {
  Mangle(ParseJson, "{\"a\": [1, true, \"x\\u00e9\"], // c\n \"b\": {\"c\": null,}, }");
}

}  // namespace
}  // namespace sandlint
