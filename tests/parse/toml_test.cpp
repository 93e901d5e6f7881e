#include "text.h"

namespace sandlint {
namespace {

constexpr const char* kText = R"(# a policy
exclude = ["vendor/", 'build']
"quoted key" = "a\tb"

[server.github]
class = "vcs"   # trailing
hosts = [
  "api.github.com:443", # one
  "github.com:443",
]

[[suppress]]
rule = "home-directory-visible"
expires = 2027-01-31
count = 1_000
on = true
text = """
two
lines"""
[[suppress]]
rule = "second"
)";

TEST_CASE("TOML keeps order, types and places") {
  const Parsed parsed = ParseWith(ParseToml, kText);
  REQUIRE(parsed.document.Ok());
  CheckSpans(parsed);
  const Node& root = parsed.Root();
  REQUIRE(root.members.size() == 4);
  CHECK(root.members[0].key.text == "exclude");
  CHECK(root.members[1].key.text == "quoted key");
  CHECK(root.members[1].key.span.Text() == "quoted key");
  CHECK(root.members[1].value.word.text == "a\tb");
  CHECK(root.members[1].value.word.span.Text() == "a\\tb");
  CHECK(root.members[2].key.text == "server");
  const Node& exclude = root.Get("exclude");
  REQUIRE(exclude.items.size() == 2);
  CHECK(exclude.span.Text() == "[\"vendor/\", 'build']");
  CHECK(exclude.items[1].word.span.Text() == "build");
  const Node& github = root.Get("server").Get("github");
  CHECK(github.Get("hosts").items.at(1).word.span.Text() == "github.com:443");
  const Node& suppress = root.Get("suppress");
  REQUIRE(suppress.items.size() == 2);
  const Node& first = suppress.items[0];
  CHECK(first.Get("expires").word.text == "2027-01-31");
  CHECK(first.Get("count").Is(NodeType::Number));
  CHECK(first.Get("on").Is(NodeType::Bool));
  CHECK(first.Get("text").word.text == "two\nlines");
  CHECK(suppress.items[1].Get("rule").word.span.Text() == "second");
}

TEST_CASE("TOML: places behind a byte order mark, wide characters and CRLF") {
  const Parsed parsed = ParseWith(ParseToml, "\xEF\xBB\xBF# \xC3\xA4\r\n\xF0\x9F\x98\x80 = 1\r\n");
  CHECK_FALSE(parsed.document.Ok());  // such a key needs quotes
  const Parsed good =
      ParseWith(ParseToml, "\xEF\xBB\xBF\"\xF0\x9F\x98\x80\" = \"\xC3\xA4\" \r\nb = \"c\"\r\n");
  REQUIRE(good.document.Ok());
  CHECK(good.Root().members[0].key.span.Text() == "\xF0\x9F\x98\x80");
  CHECK(good.Root().members[0].value.word.span.Text() == "\xC3\xA4");
  CHECK(good.Root().Get("b").word.span.Text() == "c");
}

TEST_CASE("TOML: what is wrong is told at its place and without its text") {
  struct Row {
    const char* text;
    std::uint32_t line;
  };
  for (const Row& row : {Row{"a = 1\na = 2\n", 2}, Row{"a = \n", 1}, Row{"x = 1\n[t\n", 2},
                         Row{"a = s3cr3tvalue\n", 1}, Row{"a = \"s3cr3t\n", 1},
                         Row{"s3cr3t = 1\ns3cr3t = 2", 2}, Row{"a = 2027-13-41\n", 1}}) {
    INFO(row.text);
    const Parsed parsed = ParseWith(ParseToml, row.text);
    REQUIRE(parsed.document.problems.size() == 1);
    CheckSpans(parsed);
    CHECK(PositionOf(*parsed.source, parsed.document.problems[0].where.begin).line == row.line);
    CHECK(parsed.document.problems[0].text.find("s3cr3t") == std::string::npos);
    CHECK(parsed.Root().Is(NodeType::Missing));
  }
}

TEST_CASE("TOML: hostile texts end") {
  for (const std::string& text :
       {Repeat("[", 20'000), "a = " + Repeat("[", 20'000), "a = " + Repeat("{a=", 20'000),
        Repeat("a.", 20'000) + "a = 1", "[" + Repeat("a.", 20'000) + "a]",
        "x = {" + Repeat("\"=\".", 20'000) + "a = 1}", "'''" + Repeat("a.", 100) + "b = 1",
        std::string("a = 1\0", 6), std::string("\xFF\xFE"), Repeat("[[a]]\n", 50'000),
        Repeat("a", 5'000'000)}) {
    const Parsed parsed = ParseWith(ParseToml, text);
    CheckSpans(parsed);
  }
  CHECK_FALSE(ParseWith(ParseToml, Repeat("a.", 20'000) + "a = 1").document.Ok());
  CHECK(ParseWith(ParseToml, "a = [" + Repeat("\"a.b.c.d\", ", 1000) + "]").document.Ok());
  CHECK(ParseWith(ParseToml, "").document.Ok());
}

TEST_CASE("TOML: mangled texts") { Mangle(ParseToml, kText); }

}  // namespace
}  // namespace sandlint
