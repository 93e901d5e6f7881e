#include "scanner/parse/pf.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "catch.h"
#include "paths.h"
#include "scanner/parse/pf_expand.h"

namespace sandlint {
namespace {

/// Parses a text and keeps it.
struct Parsed {
  explicit Parsed(std::string text, std::map<std::string, std::string> files = {})
      : source(std::make_unique<Source>(Source{"pf.conf", std::move(text)})) {
    for (auto& [path, body] : files) {
      others[path] = std::make_unique<Source>(Source{path, body});
    }
    file = ParsePf(*source, [this](std::string_view path) -> const Source* {
      const auto found = others.find(std::string(path));
      return found == others.end() ? nullptr : found->second.get();
    });
  }

  std::string Print() const {
    std::string text;
    for (const PfRule* rule : RulesOf(file.statements)) {
      const auto rules = ExpandPf(*rule);
      if (!rules) return "too many";
      for (const PfRule& one : *rules) text += PrintPf(one, {false, false, false, 0}) + "\n";
    }
    return text;
  }

  std::unique_ptr<Source> source;
  std::map<std::string, std::unique_ptr<Source>> others;
  PfFile file;
};

std::string Problem(const std::string& text) {
  const Parsed parsed(text);
  return parsed.file.problems.empty() ? "" : parsed.file.problems[0].text;
}

TEST_CASE("pf macros are replaced letter by letter and lists nest through them") {
  CHECK(Parsed("if = en0\npass in on $if from $if:network to any\n").Print() ==
        "pass in on en0 from en0:network to any\n");
  CHECK(Parsed("a = \"{ 80, 443 }\"\nb = \"{ 22 \" $a \" }\"\npass out proto tcp to port $b\n")
            .Print() ==
        "pass out proto tcp from any to any port = 22\n"
        "pass out proto tcp from any to any port = 80\n"
        "pass out proto tcp from any to any port = 443\n");
  CHECK(Parsed("net = 10.0\npass from $net.0.1 to any\n").Print() ==
        "pass inet from 10.0.0.1 to any\n");
  CHECK(Problem("pass on $nope\n") == "the macro `nope` is not defined");
  CHECK(Problem("x = \"$y\"\npass on $x\n") != "");  // not replaced inside quotes
}

TEST_CASE("pf lines join, comments end, lists run over lines") {
  CHECK(Parsed("block in \\\n  on lo0 # why \\\n still a comment\npass\n").Print() ==
        "block in on lo0 all\npass all\n");
  CHECK(Parsed("pass in proto { tcp\n  udp,\n  icmp } all\r\n").Print() ==
        "pass in proto tcp all\npass in proto udp all\npass in proto icmp all\n");
}

TEST_CASE("a pf word keeps its place, through a macro the place of its use") {
  const Parsed parsed("gh = 140.82.112.0/20\nblock out proto tcp to ! $gh port 443\n");
  const auto rules = RulesOf(parsed.file.statements);
  REQUIRE(rules.size() == 1);
  CHECK(rules[0]->span.Text() == "block out proto tcp to ! $gh port 443");
  CHECK(rules[0]->to.hosts.at(0).span.Text() == "! $gh");
  CHECK(rules[0]->to.ports.at(0).low.span.Text() == "443");
}

TEST_CASE("pf hosts of every kind") {
  CHECK(Parsed("pass from { ! <t>, (en0), en0:0, 10/8, 1.2.3.4 - 1.2.3.9, fe80::/10 } to any\n")
            .Print() ==
        "pass from ! <t> to any\npass from (en0) to any\npass from en0:0 to any\n"
        "pass inet from 10.0.0.0/8 to any\npass inet from 1.2.3.4 - 1.2.3.9 to any\n"
        "pass inet6 from fe80::/10 to any\n");
  CHECK(Parsed("block from { urpf-failed, no-route } to { 1.2.3.4, ::1 }\n").Print() ==
        "block inet from urpf-failed to 1.2.3.4\nblock inet6 from urpf-failed to ::1\n"
        "block inet from no-route to 1.2.3.4\nblock inet6 from no-route to ::1\n");
  CHECK(Problem("pass to 10.0.0.0/33\n") == "a prefix length is too long");
  CHECK(Problem("pass to ! any\n") != "");
}

TEST_CASE("pf rules whose families contradict are left out") {
  CHECK(Parsed("pass from { 1.2.3.4, ::1 } to { 5.6.7.8, ::2 }\n").Print() ==
        "pass inet from 1.2.3.4 to 5.6.7.8\npass inet6 from ::1 to ::2\n");
  CHECK(Parsed("pass inet to { 5.6.7.8, ::2 }\n").Print() == "pass inet from any to 5.6.7.8\n");
}

TEST_CASE("pf users and groups") {
  CHECK(Parsed("pass out proto { tcp udp } user { mcp, < 500, 600 >< 700 } group != wheel\n")
            .Print() ==
        "pass out proto tcp all user = mcp group != wheel\n"
        "pass out proto tcp all user < 500 group != wheel\n"
        "pass out proto tcp all user 600 >< 700 group != wheel\n"
        "pass out proto udp all user = mcp group != wheel\n"
        "pass out proto udp all user < 500 group != wheel\n"
        "pass out proto udp all user 600 >< 700 group != wheel\n");
}

TEST_CASE("pf anchors nest, and a loaded one has no macros of its parent") {
  const Parsed parsed(
      "x = lo0\nanchor \"a\" in on $x {\n  block\n  anchor { pass quick\n }\n}\nanchor b\n"
      "load anchor b from \"/etc/b\"\n",
      {{"/etc/b", "block on $x\n"}});
  const auto rules = RulesOf(parsed.file.statements);
  REQUIRE(rules.size() == 2);
  REQUIRE(RulesOf(rules[0]->body).size() == 2);
  CHECK(RulesOf(RulesOf(rules[0]->body)[1]->body).at(0)->quick);
  REQUIRE(parsed.file.problems.size() == 1);
  CHECK(parsed.file.problems[0].where.source->path == "/etc/b");
}

TEST_CASE("pf includes share macros, tables read files") {
  const Parsed parsed("a = lo0\ninclude \"/etc/i\"\npass on $b\ntable <t> file \"/etc/t\"\n",
                      {{"/etc/i", "b = $a\n"}, {"/etc/t", "# hosts\n10/8 ! 10.1/16\n::1\n"}});
  CHECK(parsed.file.problems.empty());
  CHECK(parsed.Print() == "pass on lo0 all\n");
  const auto* table = std::get_if<PfTable>(&parsed.file.statements.back().value);
  REQUIRE(table != nullptr);
  REQUIRE(table->entries.size() == 3);
  CHECK(table->entries[1].host.negated);
  CHECK(Parsed("include \"/x\"\n").file.notes.size() == 1);
}

TEST_CASE("what pfctl refuses is a problem, and the next line is read again") {
  for (const char* text :
       {"block out proto tcp on en0\n", "pass out quick quick\n", "pass from {} to any\n",
        "block frobnicate\n", "frobnicate\n", "pass proto tcp to port 99999\n", "table t { }\n",
        "anchor \"x\" {\n pass\n", "pass from \"open\n", "nat on en0 from any to any\n", "pass }\n",
        "no pass\n", "set\n", "pass to port 1:\n", "pass out, quick\n", "x =\n"}) {
    CAPTURE(text);
    CHECK(Problem(text) != "");
  }
  const Parsed parsed("block nonsense\npass\n");
  CHECK(parsed.file.problems.size() == 1);
  CHECK(parsed.Print() == "pass all\n");
}

TEST_CASE("hostile pf files end") {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "anchor {\n";
  CHECK(!ParsePf(Source{"pf.conf", deep}).problems.empty());
  std::string lists = "pass from ";
  for (int i = 0; i < 5000; ++i) lists += "{ ";
  CHECK(!ParsePf(Source{"pf.conf", lists}).problems.empty());
  std::string bombs = "a0 = \"1.1.1.1 1.1.1.1\"\n";
  for (int i = 1; i < 40; ++i) {
    const std::string last = "$a" + std::to_string(i - 1);
    bombs += "a" + std::to_string(i) + " = " + last + " " + last + "\n";
  }
  CHECK(!ParsePf(Source{"pf.conf", bombs}).problems.empty());
  const std::string product = "pass from { 1.1.1.1" + std::string(1000, ' ') + "}\n";
  CHECK(ParsePf(Source{"pf.conf", product}).problems.empty());
  const Parsed loop("include \"/i\"\n", {{"/i", "include \"/i\"\ninclude \"/i\"\n"}});
  CHECK(!loop.file.problems.empty());
  std::string many = "pass proto { tcp udp } from any port { ";
  for (int i = 1; i < 1000; ++i) many += std::to_string(i) + " ";
  many += "} to any port { ";
  for (int i = 1; i < 1000; ++i) many += std::to_string(i) + " ";
  CHECK(Parsed(many + "}\n").Print() == "too many");
}

TEST_CASE("every truncation of a pf file ends") {
  const std::string text =
      "a = \"{ 1.2.3.4, ::1 }\"\ntable <t> const { 10/8 !10.1/16 }\nset skip on { lo0 }\n"
      "nat on en0 from ! (en0) to any -> (en0:0) port 1024:65535 static-port\n"
      "anchor \"x\" out on en0 proto tcp to $a port { 22 >< 80 } user { mcp } {\n"
      "  block return-icmp(1, 2) log (all) quick from <t> flags S/SA keep state (max 3)\n}\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const Source source{"pf.conf", text.substr(0, size)};
    ParsePf(source);
  }
  CHECK(ParsePf(Source{"pf.conf", text}).problems.empty());
}

TEST_CASE("pf files of the wild are read without a problem") {
  const std::string folder = std::string(kSourceDir) + "/../shared/corpus/pf";
  if (!std::filesystem::exists(folder)) {
    WARN("no corpus here: skipped");
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(entry.path());
    std::ostringstream text;
    text << stream.rdbuf();
    const Source source{entry.path().filename().string(), text.str()};
    const PfFile file = ParsePf(source);
    CAPTURE(source.path);
    for (const ParseProblem& problem : file.problems) {
      CAPTURE(problem.text, problem.where.Text());
      CHECK(false);
    }
    CHECK(!file.statements.empty());
  }
}

}  // namespace
}  // namespace sandlint
