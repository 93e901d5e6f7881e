#include <string>

#include "catch.h"
#include "reviewed.h"

using namespace sandlint;

namespace {

/// `%25`, `%0D`, `%0A`, `%3A`, `%2C` read back, as a runner does.
std::string Unescaped(std::string text) {
  for (const auto& [code, letter] :
       {std::pair("%0D", "\r"), std::pair("%0A", "\n"), std::pair("%3A", ":"),
        std::pair("%2C", ","), std::pair("%25", "%")}) {
    for (std::size_t at = text.find(code); at != std::string::npos; at = text.find(code, at + 1)) {
      text.replace(at, 3, letter);
    }
  }
  return text;
}

std::size_t Count(const std::string& text, std::string_view start) {
  std::size_t count = 0;
  for (const std::string& line : LinesOf(text)) count += line.starts_with(start) ? 1U : 0U;
  return count;
}

}  // namespace

TEST_CASE("github: a command says where, what and which rule") {
  const std::string text = Reviewed(OpenServer("open")).As("github");
  CHECK(LinesOf(text).front().starts_with(
      "::error file=.mcp.json,line=2,endLine=2,col=24,endColumn=27,title=unsandboxed-server::"
      "'open' runs as your own user"));
}

TEST_CASE("github: a stranger's text stays within its command") {
  Files files;
  files["a:b,c%/.mcp.json"] = OpenServer(kHostile)[".mcp.json"];
  const std::string text = Reviewed(files).As("github");
  for (const std::string& line : LinesOf(text)) {
    INFO(line);
    const bool ours = line.starts_with("::error file=a%3Ab%2Cc%25/.mcp.json,line=") ||
                      line.starts_with("::warning file=a%3A") ||
                      line.starts_with("::notice file=a%3A") || Has(line, " in 1 server, 1 file");
    CHECK(ours);
  }
  for (const char* raw : {"\x1b", "\u202E", "\xff", "\r"}) CHECK(!Has(text, raw));
  CHECK(Has(text, "%250A"));
  CHECK(Has(Unescaped(LinesOf(text).front()), "file=a:b,c%/.mcp.json"));
}

TEST_CASE("github: ten of a kind at most, the last one says how many more") {
  Reviewed review(OpenServer("open"));
  const Finding one = review.run.findings.front();
  review.run.findings.assign(10, one);
  CHECK(Count(review.As("github"), "::error ") == 10);
  CHECK(!Has(review.As("github"), "more of this severity"));
  review.run.findings.assign(25, one);
  CHECK(Count(review.As("github"), "::error ") == 10);
  CHECK(Has(review.As("github"), "::error title=sandlint::16 more of this severity"));
  for (Finding& finding : review.run.findings) finding.severity = Severity::Note;
  CHECK(Count(review.As("github"), "::notice ") == 10);
}

TEST_CASE("github: what the base has too is not written into a diff") {
  Reviewed review(OpenServer("open"));
  for (Finding& finding : review.run.findings) finding.baseline = Baseline::Unchanged;
  CHECK(Count(review.As("github"), "::") == 0);
}
