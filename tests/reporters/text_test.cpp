#include <string>

#include "catch.h"
#include "reviewed.h"

using namespace sandlint;

namespace {

std::string LineWith(const std::string& text, std::string_view part) {
  for (const std::string& line : LinesOf(text)) {
    if (Has(line, part)) return line;
  }
  return {};
}

}  // namespace

TEST_CASE("text: a finding starts like a compiler's message and shows the word that causes it") {
  const Reviewed review(OpenServer("open"));
  const auto lines = LinesOf(review.As("text"));
  REQUIRE(lines.size() > 5);
  CHECK(lines[0].starts_with(".mcp.json:2:24: error: 'open' runs as your own user"));
  CHECK(lines[0].ends_with(" [unsandboxed-server]"));
  CHECK(lines[2] == R"( 2 |   "open": {"command": "npx", "args": ["-y", "mcp-x@1.0.0"]})");
  CHECK(lines[3] == "   |                        ^^^");
  CHECK(Has(review.As("text"), "   = why: "));
  CHECK(Has(review.As("text"), "   = fix: "));
}

TEST_CASE("text: the last line counts what was found and what was not understood") {
  const Reviewed review(Files{{".mcp.json",
                               R"({"mcpServers": {"a": {"command": "bwrap", "args":
["--frobnicate", "node", "x.js"]}}})"}});
  const std::string last = LinesOf(review.As("text")).back();
  CHECK(Has(last, " in 1 server, 1 file"));
  CHECK(Has(last, "; 1 word not modelled (--frobnicate)"));
  CHECK(LinesOf(Reviewed(Files{{"x", ""}}).As("text")).back() ==
        "0 errors, 0 warnings in 0 servers, 0 files");
  const Reviewed broken(Files{{".mcp.json", "{"}});
  CHECK(Has(LinesOf(broken.As("text")).back(), "1 file not analysed"));
}

TEST_CASE("text: short findings are one line each, and so are known ones") {
  Reviewed review(OpenServer("open"));
  ReportOptions terse;
  terse.explain = false;
  CHECK(LinesOf(review.As("text", terse)).size() == review.run.findings.size() + 1);
  for (Finding& finding : review.run.findings) finding.baseline = Baseline::Unchanged;
  const std::string known = review.As("text");
  CHECK(LineWith(known, "[unsandboxed-server]").ends_with("(unchanged)"));
  CHECK(!Has(known, "why:"));
  CHECK(
      Has(LinesOf(known).back(), "(" + std::to_string(review.run.findings.size()) + " unchanged)"));
}

TEST_CASE("text: colour only where it is asked for") {
  const Reviewed review(OpenServer("open"));
  CHECK(!Has(review.As("text"), "\x1b"));
  ReportOptions colored;
  colored.color = true;
  CHECK(Has(review.As("text", colored), "\x1b[1;31merror\x1b[0m"));
}

TEST_CASE("text: nothing that a stranger wrote reaches the terminal or the log's commands") {
  auto files = OpenServer(kHostile);
  files["::x\x1b]0;t/.mcp.json"] = files[".mcp.json"];
  files[".mcp.json"] += "\xE2\x80\xAE \x1b";
  const std::string text = Reviewed(files).As("text");
  for (const char* raw : {"\x1b", "\u202E", "\xff", "\r", "##["}) CHECK(!Has(text, raw));
  for (const std::string& line : LinesOf(text)) {
    INFO(line);
    CHECK(!line.starts_with("::"));
    CHECK(!line.starts_with("- [x]"));
  }
  CHECK(Has(text, "\\x1b[31m"));
}

TEST_CASE("text: a caret stands below its word, whatever is before it") {
  const std::string head = "\t{\"mcpServers\": {\"w\": {\"cwd\": \"";
  const std::string tail = "\", \"command\": \"npx\", \"args\": [\"-y\", \"mcp-x\"]}}}";
  for (const std::string& before :
       {std::string("x"), std::string("é"), std::string("漢字"), std::string("e\u0301"),
        std::string("\u202E"), std::string(5000, 'x')}) {
    INFO(before.substr(0, 20));
    const auto lines = LinesOf(Reviewed(Files{{".mcp.json", head + before + tail}}).As("text"));
    std::size_t at = 0;
    while (at < lines.size() && !Has(lines[at], "^^^")) ++at;
    REQUIRE(at < lines.size());
    // In columns: a wide letter takes two, a combining mark none.
    const std::string& line = lines[at - 1];
    const std::size_t word = line.find("npx");
    REQUIRE(word != std::string::npos);
    std::size_t columns = 0;
    for (std::size_t i = 0; i < word; ++i) {
      const auto byte = static_cast<unsigned char>(line[i]);
      if ((byte & 0xC0U) != 0x80U)
        columns += byte == 0xCC ? 0U : byte == 0xE6 || byte == 0xE5 ? 2U : 1U;
    }
    CHECK(lines[at].find('^') == columns);
  }
}

TEST_CASE("text: a line is never longer than asked for by much") {
  const std::string head(20000, ' ');
  const Reviewed review(Files{{".mcp.json", "{\"mcpServers\": {" + head +
                                                "\"w\": {\"command\": \"npx\", \"args\": [\"-y\"," +
                                                head + "\"mcp-x\"]}}}"}});
  for (const std::string& line : LinesOf(review.As("text"))) {
    INFO(line);
    const bool snippet = line.starts_with(" 1 |");
    CHECK((!snippet || line.size() < 120));
  }
}
