#include "rules/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace sandlint {

/// Every cases.md, each after a record separator and a line with its rule (cmake/cases.cmake).
extern const std::string_view kRuleCases;

namespace {

constexpr char kSeparator = '\x1e';

std::string_view TextOf(std::string_view rule_id) {
  const std::string head = fmt::format("{}{}\n", kSeparator, rule_id);
  const std::size_t begin = kRuleCases.find(head);
  if (begin == std::string_view::npos) return {};
  const std::string_view text = kRuleCases.substr(begin + head.size());
  return text.substr(0, text.find(kSeparator));
}

std::string ItemText(int item) {
  if (item == 0) return "goes beyond the guide's checklist";
  return fmt::format("checklist item {}: {}", item,
                     GuideChecklist()[static_cast<std::size_t>(item - 1)].text);
}

/// The files of a case without their markers, and below them what is found in them.
std::string CaseText(const FixtureCase& shown) {
  std::string text;
  if (!shown.prose.empty()) text += shown.prose + "\n\n";
  std::vector<Marker> markers;
  for (const CaseFile& file : shown.files) {
    text += fmt::format("`{}`:\n\n```{}\n{}```\n\n", file.path, file.language,
                        TakeMarkers(file, false, markers));
  }
  for (const Marker& marker : markers) {
    text += fmt::format("- `{}`, line {}: {}: {}\n", marker.path, marker.line, marker.rule,
                        marker.words);
  }
  return text + (markers.empty() ? "" : "\n");
}

std::string FirstCase(const std::vector<FixtureCase>& cases, bool fails, std::string_view title) {
  const auto found = std::find_if(cases.begin(), cases.end(),
                                  [&](const FixtureCase& one) { return one.fails == fails; });
  if (found == cases.end()) return {};
  return fmt::format("## {}: {}\n\n{}", title, found->title, CaseText(*found));
}

std::string LinkTo(const Rule& rule) { return fmt::format("[{0}]({0}.md)", rule.info.id); }

}  // namespace

std::vector<FixtureCase> CasesOf(std::string_view rule_id) { return ParseCases(TextOf(rule_id)); }

std::string RulePage(const Rule& rule) {
  const RuleInfo& info = rule.info;
  const std::vector<FixtureCase> cases = CasesOf(info.id);
  std::string page = fmt::format("# {}\n\n{}.\n\n{}; since {}; {}.\n\n", info.id, info.title,
                                 NameOf(info.severity), info.since, ItemText(info.checklist_item));
  page += fmt::format("## Why\n\n{}\n\n## Fix\n\n{}\n\n", info.why, info.fix);
  page += FirstCase(cases, true, "Example");
  page += FirstCase(cases, false, "Instead");
  page.erase(page.find_last_not_of('\n') + 1);
  return page + '\n';
}

std::string RuleIndex() {
  std::string page =
      "# Rules\n\nWritten by `sandlint explain --write docs/rules`.\n\n"
      "## The guide's checklist\n\n| # | item | rules |\n|---|---|---|\n";
  for (const ChecklistItem& item : GuideChecklist()) {
    std::string rules;
    for (const Rule* rule : AllRules()) {
      if (rule->info.checklist_item != item.number) continue;
      rules += (rules.empty() ? "" : ", ") + LinkTo(*rule);
    }
    page += fmt::format("| {} | {} | {} |\n", item.number, item.text, rules);
  }
  page += "\n## Every rule\n\n| rule | item | severity | finds | cases |\n|---|---|---|---|---|\n";
  for (const Rule* rule : AllRules()) {
    const std::vector<FixtureCase> cases = CasesOf(rule->info.id);
    const auto failing =
        std::count_if(cases.begin(), cases.end(), [](const FixtureCase& one) { return one.fails; });
    const int item = rule->info.checklist_item;
    page +=
        fmt::format("| {} | {} | {} | {} | {} fail, {} pass |\n", LinkTo(*rule),
                    item == 0 ? "" : std::to_string(item), NameOf(rule->info.severity),
                    rule->info.title, failing, cases.size() - static_cast<std::size_t>(failing));
  }
  return page;
}

}  // namespace sandlint
