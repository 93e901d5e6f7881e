#include <map>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <string_view>

#include "catch.h"
#include "reviewed.h"

using namespace sandlint;

namespace {

pugi::xml_node Parsed(pugi::xml_document& document, const std::string& text) {
  const auto result = document.load_string(text.c_str(), pugi::parse_full);
  INFO(result.description());
  REQUIRE(result);
  return document.child("testsuites");
}

pugi::xml_node CaseOf(pugi::xml_node root, std::string_view rule) {
  for (const pugi::xml_node suite : root.children("testsuite")) {
    for (const pugi::xml_node one : suite.children("testcase")) {
      if (std::string_view(one.attribute("name").value()).starts_with(rule)) return one;
    }
  }
  return {};
}

}  // namespace

TEST_CASE("junit: a suite for each server with a case for each rule") {
  const Reviewed review(OpenServer("open"));
  pugi::xml_document document;
  const pugi::xml_node root = Parsed(document, review.As("junit"));
  const pugi::xml_node suite = root.find_child_by_attribute("name", ".mcp.json › open");
  REQUIRE(suite);
  CHECK(suite.attribute("tests").as_int() > 20);
  CHECK(suite.attribute("failures").as_int() == 1);
  const pugi::xml_node failed = CaseOf(root, "unsandboxed-server: ").child("failure");
  REQUIRE(failed);
  CHECK(std::string_view(failed.attribute("type").value()) == "error");
  CHECK(Has(failed.text().get(), "'open' runs as your own user"));
  CHECK(Has(failed.text().get(), "\n at .mcp.json:2:24\n"));
  CHECK(!CaseOf(root, "plaintext-remote-server: ").first_child());
}

TEST_CASE("junit: what does not gate is no failure") {
  Reviewed review(OpenServer("open"));
  pugi::xml_document document;
  for (Finding& finding : review.run.findings) finding.severity = Severity::Warning;
  CHECK(CaseOf(Parsed(document, review.As("junit")), "unsandboxed-server").child("system-out"));
  ReportOptions strict;
  strict.fail_on = Severity::Note;
  CHECK(CaseOf(Parsed(document, review.As("junit", strict)), "unsandboxed").child("failure"));
  for (Finding& finding : review.run.findings) finding.baseline = Baseline::Unchanged;
  CHECK(!CaseOf(Parsed(document, review.As("junit", strict)), "unsandboxed").child("failure"));
}

TEST_CASE("junit: a file that was not analysed is an error") {
  pugi::xml_document document;
  const pugi::xml_node root = Parsed(document, Reviewed(Files{{".mcp.json", "{"}}).As("junit"));
  CHECK(root.attribute("errors").as_int() == 1);
  CHECK(CaseOf(root, ".mcp.json").child("error"));
}

TEST_CASE("junit: only what every reader takes, with counts that add up") {
  const std::set<std::string> elements{"testsuites", "testsuite", "testcase",  "failure",
                                       "error",      "skipped",   "system-out"};
  auto files = OpenServer(kHostile);
  files["b/.mcp.json"] = files[".mcp.json"];
  files["c/.mcp.json"] = "{";
  const std::string text = Reviewed(files).As("junit");
  pugi::xml_document document;
  const pugi::xml_node root = Parsed(document, text);
  int tests = 0;
  std::set<std::string> names;
  for (const pugi::xml_node suite : root.children()) {
    CHECK(names.insert(suite.attribute("name").value()).second);
    std::set<std::string> cases;
    for (const pugi::xml_node one : suite.children()) {
      ++tests;
      CHECK(cases.insert(one.attribute("name").value()).second);
      CHECK(elements.count(one.name()) == 1);
      for (const pugi::xml_node child : one.children()) CHECK(elements.count(child.name()) == 1);
    }
    CHECK(suite.attribute("tests").as_int() == static_cast<int>(cases.size()));
  }
  CHECK(root.attribute("tests").as_int() == tests);
  // XML 1.0 has no place for these, not even as references.
  for (const char c : text) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  for (const char* raw : {"&#27;", "&#x1B;", "\u202E", "\xff"}) CHECK(!Has(text, raw));
}
