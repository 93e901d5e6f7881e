#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command.h"
#include "cli/console.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  sandlint rules\n"
    "  sandlint rules --format json\n"
    "  sandlint explain egress-not-denied-by-default";

std::string ListAsText() {
  std::size_t width = 0;
  for (const Rule* rule : AllRules()) width = std::max(width, rule->info.id.size());
  std::string text = fmt::format("{:<{}}  {:<8}  item  finds\n", "rule", width, "severity");
  for (const Rule* rule : AllRules()) {
    const RuleInfo& info = rule->info;
    const std::string item = info.checklist_item == 0 ? "-" : std::to_string(info.checklist_item);
    text += fmt::format("{:<{}}  {:<8}  {:>4}  {}\n", info.id, width, NameOf(info.severity), item,
                        info.title);
  }
  text += "\nThe items of the checklist:\n";
  for (const ChecklistItem& item : GuideChecklist()) {
    text += fmt::format("{:>4}  {}\n", item.number, item.text);
  }
  return text;
}

std::string ListAsJson() {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  for (const Rule* rule : AllRules()) {
    const RuleInfo& info = rule->info;
    nlohmann::ordered_json json{{"id", info.id}, {"title", info.title}};
    if (info.checklist_item != 0) json["checklist_item"] = info.checklist_item;
    json["severity"] = NameOf(info.severity);
    json["since"] = info.since;
    json["why"] = info.why;
    json["fix"] = info.fix;
    rules.push_back(std::move(json));
  }
  return rules.dump(2) + "\n";
}

std::function<int()> DeclareRules(CLI::App& app, const Invocation&) {
  auto format = std::make_shared<std::string>("text");
  app.add_option("--format", *format, "text (default) or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("NAME");
  return [format]() -> int {
    return WriteOut(*format == "json" ? ListAsJson() : ListAsText()) ? kDone : kIncomplete;
  };
}

}  // namespace

const Command kRules{"rules", "List what is checked", kExamples, DeclareRules};

}  // namespace sandlint
