// What GitHub code scanning asks of a SARIF file, as far as no validator tells it.

#include <cctype>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "catch.h"
#include "reporters/sarif_hash.h"
#include "reporters/sarif_uri.h"
#include "reviewed.h"
#include "rules/rule.h"

using namespace sandlint;
using Json = nlohmann::json;

namespace {

Json RunOf(const Reviewed& review) { return Json::parse(review.As("sarif"))["runs"][0]; }

Files Several() {
  auto files = OpenServer(kHostile);
  files["sub dir/#1%/.mcp.json"] = R"({"mcpServers": {
  "é😀": {"command": "sudo", "args": ["-u", "x", "bwrap", "--bind", "/", "/", "node", "x.js"]},
  "w": {"type": "http", "url": "http://w.example/"}}})";
  files["broken/.mcp.json"] = "{\n  \"mcpServers\": {";
  return files;
}

void CheckLocation(const Json& location) {
  const Json& place = location["physicalLocation"];
  const std::string uri = place["artifactLocation"]["uri"];
  INFO(uri);
  CHECK(std::regex_match(uri, std::regex("(?:[A-Za-z0-9._~/!$&'()*+,;=@:-]|%[0-9A-F]{2})+")));
  CHECK(uri.find("..") == std::string::npos);
  CHECK(!uri.starts_with("/"));
  const Json& region = place["region"];
  CHECK(region["startLine"] >= 1);
  CHECK(region["endLine"] == region["startLine"]);
  CHECK(region["startColumn"] >= 1);
  CHECK(region["endColumn"] >= region["startColumn"]);
}

void CheckRule(const Json& rule) {
  INFO(rule["id"]);
  for (const char* text : {"shortDescription", "fullDescription"}) {
    CHECK(!rule[text]["text"].get<std::string>().empty());
    CHECK(rule[text]["text"].get<std::string>().size() <= 1024);
  }
  CHECK(!rule["help"]["text"].get<std::string>().empty());
  CHECK(!rule["help"]["markdown"].get<std::string>().empty());
  CHECK(rule["properties"]["tags"].size() <= 20);
  REQUIRE(rule["properties"]["security-severity"].is_string());
  const double score = std::stod(rule["properties"]["security-severity"].get<std::string>());
  CHECK((score > 0.0 && score <= 10.0));
}

/// `[words](N)` without a backslash before the bracket.
std::set<int> LinksOf(const std::string& message) {
  std::set<int> links;
  const std::regex link(R"((?:^|[^\\])\]\((\d+)\))");
  for (std::sregex_iterator it(message.begin(), message.end(), link), end; it != end; ++it) {
    links.insert(std::stoi((*it)[1]));
  }
  return links;
}

}  // namespace

TEST_CASE("sarif: one run that names every rule") {
  const Json log = Json::parse(Reviewed(OpenServer("open")).As("sarif"));
  CHECK(log["version"] == "2.1.0");
  REQUIRE(log["runs"].size() == 1);
  const Json& rules = log["runs"][0]["tool"]["driver"]["rules"];
  REQUIRE(rules.size() == AllRules().size());
  for (std::size_t index = 0; index < rules.size(); ++index) {
    CHECK(rules[index]["id"] == AllRules()[index]->info.id);
    CheckRule(rules[index]);
  }
}

TEST_CASE("sarif: a clean run has an empty list of results, which closes old alerts") {
  CHECK(RunOf(Reviewed(Files{{"x", ""}}))["results"] == Json::array());
}

TEST_CASE("sarif: each result has one place within one line, and all that an alert needs") {
  const Reviewed review(Several());
  const Json run = RunOf(review);
  const Json& rules = run["tool"]["driver"]["rules"];
  REQUIRE(run["results"].size() == review.run.findings.size());
  REQUIRE(run["results"].size() > 3);
  for (std::size_t index = 0; index < run["results"].size(); ++index) {
    const Json& result = run["results"][index];
    const Finding& finding = review.run.findings[index];
    INFO(result.dump(1));
    CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
    CHECK(result["locations"].size() == 1);
    CheckLocation(result["locations"][0]);
    const std::string message = result["message"]["text"];
    CHECK(message.find('\n') == std::string::npos);
    std::set<int> ids;
    for (const Json& related : result.value("relatedLocations", Json::array())) {
      CheckLocation(related);
      CHECK(!related["message"]["text"].get<std::string>().empty());
      ids.insert(related["id"].get<int>());
    }
    CHECK(LinksOf(message) == ids);
    if (!finding.where) continue;
    const auto line = result["locations"][0]["physicalLocation"]["region"]["startLine"];
    CHECK(result["partialFingerprints"]["primaryLocationLineHash"] ==
          LineHashes(finding.where.source->text)[line.get<std::size_t>() - 1]);
  }
}

TEST_CASE("sarif: columns are UTF-16 units") {
  const Reviewed review(
      Files{{".mcp.json", R"({"mcpServers": {"é😀": {"command": "npx", "args": ["mcp-x"]}}})"}});
  const Json run = RunOf(review);
  CHECK(run["columnKind"] == "utf16CodeUnits");
  const Json& region = run["results"][0]["locations"][0]["physicalLocation"]["region"];
  CHECK(region["startColumn"] == 37);
  CHECK(region["endColumn"] == 40);
}

TEST_CASE("sarif: the layers are the steps of a flow, outermost first") {
  const Json run = RunOf(Reviewed(Files{{".mcp.json", R"({"mcpServers": {
  "x": {"command": "bwrap", "args": ["--bind", "/", "/", "docker", "run", "mcp/x:1"]}}})"}}));
  INFO(run["results"].dump(1));
  REQUIRE(!run["results"].empty());
  REQUIRE(run["results"][0].contains("codeFlows"));
  const Json& steps = run["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
  REQUIRE(steps.size() >= 2);
  for (const Json& step : steps) CheckLocation(step["location"]);
  CHECK(steps[0]["location"]["message"]["text"] == "sandbox: bwrap");
  CHECK(steps[1]["location"]["message"]["text"] == "container: docker");
}

TEST_CASE("sarif: what was not analysed is a notification of a successful execution") {
  const Json run = RunOf(Reviewed(Several()));
  REQUIRE(run["invocations"].size() == 1);
  CHECK(run["invocations"][0]["executionSuccessful"] == true);
  const Json& notes = run["invocations"][0]["toolExecutionNotifications"];
  REQUIRE(notes.size() == 1);
  CHECK(notes[0]["level"] == "error");
  CHECK(notes[0]["descriptor"]["id"] == "file-not-analysed");
  CheckLocation(notes[0]["locations"][0]);
}

TEST_CASE("sarif: the state against a base revision is told") {
  Reviewed review(OpenServer("open"));
  CHECK(!RunOf(review)["results"][0].contains("baselineState"));
  review.run.findings[0].baseline = Baseline::Unchanged;
  CHECK(RunOf(review)["results"][0]["baselineState"] == "unchanged");
}

TEST_CASE("sarif: more results than GitHub takes: the worst stay, and the rest is told") {
  Reviewed review(OpenServer("open"));
  Finding one = review.run.findings.front();
  one.server_index = -1;
  one.related.clear();
  review.run.findings.assign(25001, one);
  review.run.findings[25000].message = "the last one is worse";
  for (std::size_t index = 0; index < 25000; ++index) {
    review.run.findings[index].severity = Severity::Note;
  }
  const Json run = RunOf(review);
  CHECK(run["results"].size() == 25000);
  CHECK(run["results"][0]["message"]["text"] == "the last one is worse.");
  CHECK(run["invocations"][0]["toolExecutionNotifications"].size() == 1);
}

TEST_CASE("sarif: a stranger's text is neither a link nor a control character") {
  const Reviewed review(Several());
  const std::string text = review.As("sarif");
  for (const char* raw : {"\x1b", "\u202E", "\xff", "\r"}) CHECK(!Has(text, raw));
  for (const Json& result : RunOf(review)["results"]) {
    const std::string message = result["message"]["text"];
    for (const char* raw : {"\x1b", "\u202E", "\xff", "[b]("}) CHECK(!Has(message, raw));
  }
}

TEST_CASE("sarif: paths become URIs") {
  CHECK(SarifUriOf("a b/#%?[é]:x").uri == "a%20b/%23%25%3F%5B%C3%A9%5D:x");
  CHECK(SarifUriOf("a:b/c").uri == "a%3Ab/c");
  CHECK(SarifUriOf("a/b").base == "%SRCROOT%");
  CHECK(SarifUriOf("~/.claude.json").uri == ".claude.json");
  CHECK(SarifUriOf("~/.claude.json").base == "HOME");
  CHECK(SarifUriOf("/etc/x y").uri == "file:///etc/x%20y");
  CHECK(SarifUriOf("/etc/x").base.empty());
}
