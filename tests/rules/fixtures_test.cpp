// Fixtures are the specification: fixtures/<rule>/cases.md says which finding stands on which line.
// One case alone: test_rules "fixtures" -c "<rule> / <title>".

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "paths.h"
#include "rules/apply_policy.h"
#include "rules/cases.h"
#include "rules/rule.h"
#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Folder -> text of its cases.md, sorted.
std::map<std::string, std::string> AllCaseFiles() {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::directory_iterator(fs::path(kSourceDir) / "fixtures")) {
    const fs::path cases = entry.path() / "cases.md";
    if (fs::exists(cases)) found[entry.path().filename()] = ReadAll(cases);
  }
  return found;
}

struct Found {
  std::string path;
  std::uint32_t line = 0;
  const Finding* finding = nullptr;
};

Found PlaceFinding(const Finding& finding) {
  if (!finding.where) return {"", 0, &finding};
  return {finding.where.source->path, PositionOf(*finding.where.source, finding.where.begin).line,
          &finding};
}

bool Meets(const Marker& marker, const Found& found) {
  return marker.rule == found.finding->rule && marker.path == found.path &&
         marker.line == found.line &&
         found.finding->message.find(marker.words) != std::string::npos;
}

/// Both ways: what is marked and not found, and what is found and not marked.
std::vector<std::string> Differences(const FixtureCase& wanted, const Findings& findings,
                                     std::vector<Marker> markers) {
  std::vector<std::string> wrong;
  for (const Finding& finding : findings) {
    const Found found = PlaceFinding(finding);
    const auto marker = std::find_if(markers.begin(), markers.end(),
                                     [&](const Marker& one) { return Meets(one, found); });
    if (marker != markers.end()) {
      markers.erase(marker);
      continue;
    }
    const bool allowed = std::find(wanted.allowed.begin(), wanted.allowed.end(), finding.rule) !=
                         wanted.allowed.end();
    if (allowed) continue;
    wrong.push_back(fmt::format("not marked: {}:{}: {}: {}", found.path, found.line, finding.rule,
                                finding.message));
  }
  for (const Marker& marker : markers) {
    wrong.push_back(fmt::format("not found: {}:{}: {}: {}", marker.path, marker.line, marker.rule,
                                marker.words));
  }
  return wrong;
}

std::string Join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

/// A tree whose files have dates: 2026-01-31 is the 20260131st second.
class DatedReader final : public FileReader {
 public:
  DatedReader(std::unique_ptr<FileReader> below, const FixtureCase& one)
      : below_(std::move(below)), one_(one) {}
  ReadResult Read(std::string_view path) const override { return below_->Read(path); }
  bool Exists(std::string_view path) const override { return below_->Exists(path); }
  std::vector<DirectoryEntry> List(std::string_view directory) const override {
    return below_->List(directory);
  }
  std::optional<std::int64_t> ChangedAt(std::string_view path) const override {
    const auto row = one_.changed.find(path);
    if (row == one_.changed.end()) return std::nullopt;
    std::string digits = row->second;
    std::erase(digits, '-');
    return std::stoll(digits);
  }

 private:
  std::unique_ptr<FileReader> below_;
  const FixtureCase& one_;
};

/// A path that starts with `base:` is a file of the base revision.
Findings FindingsOf(const FixtureCase& one, std::vector<Marker>& markers, Workspace& workspace) {
  constexpr std::string_view kBase = "base:";
  std::map<std::string, std::string, std::less<>> files;
  std::map<std::string, std::string, std::less<>> base;
  for (const CaseFile& file : one.files) {
    const bool of_base = file.path.starts_with(kBase);
    const std::string text = TakeMarkers(file, true, markers);
    (of_base ? base : files)[file.path.substr(of_base ? kBase.size() : 0)] = text;
  }
  const auto base_reader = base.empty() ? nullptr : MakeMemoryReader(std::move(base));
  ScanOptions options;
  options.policy_from = base_reader.get();
  options.today = "2026-11-25";
  workspace = Scan(DatedReader(MakeMemoryReader(std::move(files)), one), options);
  PolicyEffect effect;
  return ApplyPolicy(RunRules(workspace), workspace, effect);
}

}  // namespace

TEST_CASE("fixtures") {
  for (const auto& [folder, text] : AllCaseFiles()) {
    for (const FixtureCase& one : ParseCases(text)) {
      DYNAMIC_SECTION(folder << " / " << one.title) {
        std::vector<Marker> markers;
        Workspace workspace;
        const Findings findings = FindingsOf(one, markers, workspace);
        REQUIRE_FALSE(one.files.empty());
        CHECK(one.fails == !markers.empty());
        CHECK(Join(Differences(one, findings, markers)) == "");
      }
    }
  }
}

TEST_CASE("a fixture runner sees what is missing and what is too much") {
  const std::string text =
      "## fail: one\n\n```json .mcp.json\nfirst\nsecond //~ some-rule: some words\n```\n";
  const std::vector<FixtureCase> cases = ParseCases(text);
  REQUIRE(cases.size() == 1);
  std::vector<Marker> markers;
  const std::string blanked = TakeMarkers(cases[0].files[0], true, markers);
  CHECK(blanked == "first\nsecond " + std::string(25, ' ') + "\n");
  REQUIRE(markers.size() == 1);
  CHECK(markers[0].line == 2);

  Source source{".mcp.json", blanked, false};
  Finding finding;
  finding.rule = "some-rule";
  finding.message = "with some words in it";
  finding.where = {&source, 6, 12};
  CHECK(Differences(cases[0], {finding}, markers).empty());
  CHECK(Differences(cases[0], {}, markers).size() == 1);
  CHECK(Differences(cases[0], {finding, finding}, markers).size() == 1);
  finding.where = {&source, 0, 5};
  CHECK(Differences(cases[0], {finding}, markers).size() == 2);
  finding.where = {&source, 6, 12};
  finding.rule = "other-rule";
  CHECK(Differences(cases[0], {finding}, markers).size() == 2);
}

TEST_CASE("markers end a line in any comment style") {
  std::vector<Marker> markers;
  CHECK(TakeMarkers({"sh", "a", "x #~ r: one two\n"}, false, markers) == "x\n");
  CHECK(TakeMarkers({"sh", "a", "y //~ r: a //~ s: b\n"}, false, markers) == "y\n");
  REQUIRE(markers.size() == 3);
  CHECK(markers[0].words == "one two");
  CHECK(markers[1].rule == "r");
  CHECK(markers[2].rule == "s");
  CHECK(markers[2].words == "b");
}

}  // namespace sandlint
