// What is said of a rule in one place holds in all: list, fixtures, pages, checklist.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "catch.h"
#include "paths.h"
#include "rules/page.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = kSourceDir;

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// With UPDATE_DOCS=1 the pages are written instead of compared.
void CheckPage(const fs::path& path, const std::string& text) {
  if (std::getenv("UPDATE_DOCS") != nullptr) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  INFO(path.filename().string() << " is out of date: UPDATE_DOCS=1 test_rules writes it");
  CHECK(ReadAll(path) == text);
}

bool IsKebab(std::string_view id) {
  if (id.empty() || id.front() == '-' || id.back() == '-') return false;
  return id.find("--") == std::string_view::npos && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || c == '-';
         });
}

/// Folders of fixtures/ that are not named after a rule.
const std::set<std::string> kOtherFixtures = {"guide", "trees", "parse", "peel"};

/// Judged by a recorded trace alone: what is missing is no finding in any file.
const std::set<int> kItemsWithoutRule = {};

}  // namespace

TEST_CASE("rules are listed once, in order, with one hook each") {
  const auto rules = AllRules();
  REQUIRE_FALSE(rules.empty());
  for (std::size_t index = 0; index < rules.size(); ++index) {
    const Rule& rule = *rules[index];
    INFO(rule.info.id);
    if (index > 0) CHECK(rules[index - 1]->info.id < rule.info.id);
    CHECK((rule.per_server != nullptr) != (rule.per_workspace != nullptr));
    CHECK(FindRule(rule.info.id) == &rule);
  }
  CHECK(FindRule("no-such-rule") == nullptr);
  CHECK(FindRule("") == nullptr);
}

TEST_CASE("rule texts are complete") {
  for (const Rule* rule : AllRules()) {
    const RuleInfo& info = rule->info;
    INFO(info.id);
    CHECK(IsKebab(info.id));
    for (const char* prefix : {"no-", "avoid-", "prefer-", "do-not-", "use-"}) {
      CHECK_FALSE(info.id.starts_with(prefix));
    }
    CHECK_FALSE(info.title.empty());
    CHECK_FALSE(info.title.ends_with('.'));
    CHECK(info.title.size() <= 100);
    for (const std::string_view text : {info.why, info.fix}) {
      CHECK_FALSE(text.empty());
      CHECK(text.size() <= 1000);
      CHECK(text.ends_with('.'));
    }
    CHECK_FALSE(info.since.empty());
    CHECK(info.checklist_item >= 0);
    CHECK(info.checklist_item <= 12);
  }
}

TEST_CASE("every rule has a file, a failing and a passing case") {
  for (const Rule* rule : AllRules()) {
    const std::string id(rule->info.id);
    INFO(id);
    std::string file = id;
    std::replace(file.begin(), file.end(), '-', '_');
    CHECK(fs::exists(kRoot / "rules" / (file + ".cpp")));
    const auto cases = ParseCases(ReadAll(kRoot / "fixtures" / id / "cases.md"));
    const auto fails = [](const FixtureCase& one) { return one.fails; };
    CHECK(std::any_of(cases.begin(), cases.end(), fails));
    CHECK_FALSE(std::all_of(cases.begin(), cases.end(), fails));
    // A failing case of a rule's own folder shows that rule.
    for (const FixtureCase& one : cases) {
      if (!one.fails) continue;
      std::vector<Marker> markers;
      for (const CaseFile& case_file : one.files) TakeMarkers(case_file, true, markers);
      INFO(one.title);
      CHECK(std::any_of(markers.begin(), markers.end(),
                        [&](const Marker& marker) { return marker.rule == id; }));
    }
  }
}

TEST_CASE("every fixture folder and every rule file belongs to a listed rule") {
  for (const auto& entry : fs::directory_iterator(kRoot / "fixtures")) {
    const std::string name = entry.path().filename();
    if (!entry.is_directory() || kOtherFixtures.count(name) != 0) continue;
    INFO(name);
    CHECK(FindRule(name) != nullptr);
  }
  for (const auto& entry : fs::directory_iterator(kRoot / "rules")) {
    const std::string text = ReadAll(entry.path());
    const std::size_t at = text.find(".id = \"");
    if (entry.path().extension() != ".cpp" || at == std::string::npos) continue;
    const std::string id = text.substr(at + 7, text.find('"', at + 7) - at - 7);
    INFO(entry.path().filename().string());
    CHECK(FindRule(id) != nullptr);
  }
}

TEST_CASE("every checklist item has a rule") {
  REQUIRE(GuideChecklist().size() == 12);
  for (const ChecklistItem& item : GuideChecklist()) {
    INFO(item.number << " " << item.text);
    const bool found = std::any_of(AllRules().begin(), AllRules().end(), [&](const Rule* rule) {
      return rule->info.checklist_item == item.number;
    });
    CHECK(found == (kItemsWithoutRule.count(item.number) == 0));
  }
}

TEST_CASE("examples are compiled in as they stand in the fixtures") {
  for (const Rule* rule : AllRules()) {
    INFO(rule->info.id);
    const auto on_disk =
        ParseCases(ReadAll(kRoot / "fixtures" / std::string(rule->info.id) / "cases.md"));
    const auto embedded = CasesOf(rule->info.id);
    REQUIRE(embedded.size() == on_disk.size());
    for (std::size_t index = 0; index < embedded.size(); ++index) {
      REQUIRE(embedded[index].files.size() == on_disk[index].files.size());
      for (std::size_t file = 0; file < embedded[index].files.size(); ++file) {
        CHECK(embedded[index].files[file].text == on_disk[index].files[file].text);
      }
    }
  }
}

TEST_CASE("rule pages are what the tool prints") {
  const fs::path folder = kRoot / "docs" / "rules";
  std::set<std::string> pages = {"README.md"};
  CheckPage(folder / "README.md", RuleIndex());
  for (const Rule* rule : AllRules()) {
    pages.insert(std::string(rule->info.id) + ".md");
    CheckPage(folder / (std::string(rule->info.id) + ".md"), RulePage(*rule));
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    INFO(entry.path().filename().string() << " is the page of no rule");
    CHECK(pages.count(entry.path().filename()) == 1);
  }
}

}  // namespace sandlint
