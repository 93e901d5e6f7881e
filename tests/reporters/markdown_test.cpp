#include <string>

#include "catch.h"
#include "reporters/markdown_text.h"
#include "reviewed.h"
#include "rules/rule.h"

using namespace sandlint;

namespace {

std::size_t Boxes(const std::string& text) {
  std::size_t boxes = 0;
  for (const std::string& line : LinesOf(text)) {
    boxes += line.starts_with("- [ ] ") || line.starts_with("- [x] ") ? 1U : 0U;
  }
  return boxes;
}

/// Everything outside of code spans, by GFM's rule: a run of backticks opens, the next run of the
/// same length closes.
std::string OutsideOfCode(const std::string& line) {
  std::string outside;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] != '`') {
      outside += line[at++];
      continue;
    }
    const std::size_t run = std::min(line.find_first_not_of('`', at), line.size()) - at;
    std::size_t end = at + run;
    while (end < line.size()) {
      end = line.find('`', end);
      if (end == std::string::npos) break;
      const std::size_t other = std::min(line.find_first_not_of('`', end), line.size()) - end;
      if (other == run) break;
      end += other;
    }
    REQUIRE(end < line.size());  // a span that is not closed
    at = end + run;
  }
  return outside;
}

}  // namespace

TEST_CASE("markdown: the guide's twelve lines, word for word, each with its verdict") {
  const Reviewed review(OpenServer("open"));
  const std::string text = review.As("markdown");
  CHECK(Boxes(text) == 12);
  for (const ChecklistItem& item : GuideChecklist()) {
    INFO(item.number);
    CHECK(Has(text, "] " + std::string(item.text) + ": "));
  }
  CHECK(Has(text,
            "- [ ] Each MCP server runs in its own bwrap profile or container: **fails** "
            "(unsandboxed-server)"));
}

TEST_CASE("markdown: a box is ticked by evidence or because the item does not apply") {
  Reviewed review(OpenServer("open"));
  const struct {
    Verdict verdict;
    const char* line;
  } rows[] = {
      {Verdict::Pass,
       "- [x] Each MCP server runs in its own bwrap profile or container: by evidence (why)"},
      {Verdict::NotApplicable,
       "- [x] Each MCP server runs in its own bwrap profile or container: does not apply (why)"},
      {Verdict::Fail,
       "- [ ] Each MCP server runs in its own bwrap profile or container: **fails** (why)"},
      {Verdict::NotProven,
       "- [ ] Each MCP server runs in its own bwrap profile or container: **not proven** (why)"},
      {Verdict::NeedsPerson,
       "- [ ] Each MCP server runs in its own bwrap profile or container: **needs a person** "
       "(why)"},
  };
  for (const auto& row : rows) {
    review.run.repository[1] = {row.verdict, "why"};
    CHECK(Has(review.As("markdown"), row.line));
  }
}

TEST_CASE("markdown: nothing that a stranger wrote stands outside of a code span") {
  auto files = OpenServer(kHostile);
  files["a|b`c/@team/.mcp.json"] = files[".mcp.json"];
  files["<b>/.mcp.json"] = "{";
  const std::string text = Reviewed(files).As("markdown");
  CHECK(Boxes(text) == 12);
  for (const std::string& line : LinesOf(text)) {
    INFO(line);
    const std::string outside = OutsideOfCode(line);
    for (const char* part : {"@", "evil", "octocat", "<img", "<b>", "#1"}) {
      CHECK(!Has(outside, part));
    }
    if (!line.starts_with("|")) continue;
    // A cell ends at every `|` without a backslash, also in a code span.
    std::size_t bars = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] == '|' && (at == 0 || line[at - 1] != '\\')) ++bars;
    }
    CHECK((bars == 8 || bars == 5));
  }
  for (const char* raw : {"\x1b", "\u202E", "\xff", "\r"}) CHECK(!Has(text, raw));
}

TEST_CASE("markdown: a code span holds any text") {
  CHECK(CodeSpan("a", false) == "`a`");
  CHECK(CodeSpan("", false) == "(empty)");
  CHECK(CodeSpan("a`b", false) == "``a`b``");
  CHECK(CodeSpan("`", false) == "`` ` ``");
  CHECK(CodeSpan("``a", false) == "``` ``a ```");
  CHECK(CodeSpan(" a ", false) == "`  a  `");
  CHECK(CodeSpan("   ", false) == "`   `");
  CHECK(CodeSpan("a|b", true) == "`a\\|b`");
  CHECK(CodeSpan("a\nb\x1b", false) == "`a\\x0ab\\x1b`");
  CHECK(CodeSpan(std::string(500, 'x'), false).size() < 210);
  for (const char* text : {"2 of 3 servers ('a'): why", "it has no sandbox profile"}) {
    CHECK(Prose(text, false) == text);
  }
  for (const char* text : {"@a", "#1", "a_b_", "*a*", "www.x.y", ":smile:", "<b>", "[a](b)", "GH-1",
                           "a - b", "- a", " a", "http://x", "a\\b", "~a~", "&amp;"}) {
    INFO(text);
    CHECK(Prose(text, false).starts_with('`'));
  }
}

TEST_CASE("markdown: a summary stays below the size that GitHub drops, and says what is missing") {
  Reviewed review(OpenServer("open"));
  const Finding one = review.run.findings.front();
  review.run.findings.assign(20000, one);
  const std::string text = review.As("markdown");
  CHECK(text.size() < 1000000);
  CHECK(Has(text, " more findings in the JSON report."));
  CHECK(LinesOf(text).back().starts_with("20000 errors, "));
}

TEST_CASE("markdown: an incomplete analysis says so") {
  const std::string text = Reviewed(Files{{".mcp.json", "{"}}).As("markdown");
  CHECK(Has(text, "**The analysis is incomplete:**"));
  CHECK(!Has(text, "[x]"));
}
