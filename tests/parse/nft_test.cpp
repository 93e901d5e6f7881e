// The shape of nft files: places, definitions, includes, hostile texts and the corpus.

#include "scanner/parse/nft.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.h"
#include "paths.h"

namespace sandlint {
namespace {

NftFile Parse(const std::string& text) {
  static std::vector<std::unique_ptr<Source>> kept;
  kept.push_back(std::make_unique<Source>(Source{"t.nft", text, false}));
  return ParseNft(*kept.back(), {});
}

std::string Chain(const std::string& rule) {
  return "table inet t {\n  chain c {\n    type filter hook output priority 0; policy drop;\n    " +
         rule + "\n  }\n}\n";
}

const NftCommand* FindRule(const NftFile& file) {
  const auto found = std::ranges::find(file.commands, NftObject::Rule, &NftCommand::object);
  return found == file.commands.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("every statement of an nft rule has its place") {
  const NftFile file =
      Parse(Chain("meta skuid mcp ip daddr != { 10.0.0.0/8, ::1 } tcp dport 1-9 drop"));
  CHECK(file.problems.empty());
  const NftCommand* rule = FindRule(file);
  REQUIRE(rule != nullptr);
  REQUIRE(rule->rule.statements.size() == 4);
  CHECK(rule->rule.statements[1].left.text == "ip daddr");
  CHECK(rule->rule.statements[1].op == "!=");
  CHECK(rule->rule.statements[1].right.parts.size() == 2);
  CHECK(rule->rule.statements[2].right.kind == NftKind::Range);
  CHECK(rule->rule.statements[3].span.Text() == "drop");
  CHECK(PositionOf(*rule->span.source, rule->span.begin) == Position{4, 5});
}

TEST_CASE("nft syntax that is accepted") {
  for (const char* rule :
       {"tcp dport vmap { 22:accept, 80 : drop }", "ct state established,related accept",
        "meta mark set ct mark and 0xff", "tcp flags & (fin | syn) == syn accept",
        "limit rate over 10/minute burst 5 packets drop", "log prefix \"a # b\" level warn drop",
        "ip6 daddr fe80::/10 accept", "add @s { ip daddr timeout 1h } accept",
        "dnat ip to 10.0.0.1:80", "reject with icmpx type admin-prohibited", "@th,16,16 443 drop",
        "fib daddr . oif type local accept", "quota over 1 mbytes drop", "oifname \"eth*\" accept",
        "meta hour \"00:00\"-\"23:59\" drop", "tcp option maxseg size set 1452",
        "ip daddr 1.1.1.1 \\\n drop", "meta l4proto . th dport { tcp . 443, udp . 53 } accept",
        "ct count over 2 drop"}) {
    CAPTURE(rule);
    const NftFile file = Parse(Chain(rule));
    CHECK(file.problems.empty());
  }
}

TEST_CASE("what nft refuses is a problem at its place") {
  CHECK(
      Parse("table inet t { chain c { type filter hook output priority 0; } }\n").problems.size() ==
      1);
  CHECK(Parse(Chain("ip daddr $nope drop")).problems.size() == 1);
  CHECK(Parse("include \"./x.nft\"\n").problems[0].trouble == NftTrouble::Missing);
  CHECK(Parse("}\n").problems[0].where.Text() == "}");
  CHECK(Parse("table inet t {").problems[0].text == "this block is not closed");
}

TEST_CASE("a definition holds from its line on, within its block") {
  CHECK(Parse("define a = { 1, 2 }\ndefine b = { $a, 3 }\n" + Chain("tcp dport $b drop"))
            .problems.empty());
  CHECK(!Parse("table ip a { define x = 1\n }\n" + Chain("tcp dport $x drop")).problems.empty());
}

TEST_CASE("hostile nft texts end") {
  std::string deep = "table inet t { chain c { ip daddr ";
  for (int i = 0; i < 5000; ++i) deep += "{ (";
  CHECK(!Parse(deep).problems.empty());
  std::string laughs = "define a0 = { 1, 2 }\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = std::to_string(i - 1);
    laughs += "define a" + std::to_string(i) + " = { $a" + before + ", $a" + before + " }\n";
  }
  CHECK(Parse(laughs).problems.empty());
  const std::string whole =
      Chain("tcp dport { 22, 80 } counter log prefix \"x\" accept comment \"y\"");
  for (std::size_t length = 0; length < whole.size(); ++length) Parse(whole.substr(0, length));
  for (const char* text :
       {"\\", "\"", "$", "${", "@", "table", "table {", "add rule", "{", "add element t s {",
        "table t { set s { type", "define", "define x =", "delete rule t c handle x"}) {
    CAPTURE(text);
    Parse(text);
  }
}

TEST_CASE("nft files that people wrote are understood") {
  const std::filesystem::path corpus = std::filesystem::path(kSourceDir) / "../shared/corpus/nft";
  if (!std::filesystem::is_directory(corpus)) {
    WARN("skipped: the corpus is not here");
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    std::ifstream stream(entry.path());
    std::ostringstream text;
    text << stream.rdbuf();
    CAPTURE(entry.path().filename().string());
    for (const NftProblem& problem : Parse(text.str()).problems) {
      CAPTURE(problem.text, std::string(problem.where.Text()));
      CHECK(problem.trouble != NftTrouble::Refused);
    }
  }
}

}  // namespace sandlint
