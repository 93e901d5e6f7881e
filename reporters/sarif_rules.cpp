#include "reporters/sarif_rules.h"

#include <fmt/format.h>

#include <cctype>
#include <string>

#include "reporters/visible.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

using Json = nlohmann::ordered_json;

/// GitHub rejects descriptions of more than 1024 characters.
constexpr std::size_t kLongest = 1000;

/// `secret-directory-visible` -> `SecretDirectoryVisible`.
std::string PascalCase(std::string_view id) {
  std::string name;
  bool upper = true;
  for (const char c : id) {
    if (c == '-') {
      upper = true;
      continue;
    }
    name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = false;
  }
  return name;
}

/// GitHub's bands: 7.0 to 8.9 high, 4.0 to 6.9 medium, below that low. One a rule.
std::string_view SecuritySeverity(Severity severity) {
  constexpr std::string_view kScores[] = {"2.5", "5.5", "8.0"};
  return kScores[static_cast<std::size_t>(severity)];
}

Json Properties(const RuleInfo& info) {
  Json tags = {"security", "mcp", "sandbox"};
  if (info.checklist_item != 0) tags.push_back(fmt::format("checklist-{}", info.checklist_item));
  return {{"tags", tags},
          {"precision", "high"},
          {"problem.severity",
           info.severity == Severity::Note ? "recommendation" : NameOf(info.severity)},
          {"security-severity", SecuritySeverity(info.severity)}};
}

Json Descriptor(const RuleInfo& info) {
  const std::string help = fmt::format("{}\n\nFix: {}", info.why, info.fix);
  const std::string markdown =
      fmt::format("{}\n\n**Fix:** {}\n\n`sandlint explain {}`", info.why, info.fix, info.id);
  return {{"id", info.id},
          {"name", PascalCase(info.id)},
          {"shortDescription", {{"text", Shortened(fmt::format("{}.", info.title), kLongest)}}},
          {"fullDescription", {{"text", Shortened(info.why, kLongest)}}},
          {"help", {{"text", help}, {"markdown", markdown}}},
          {"defaultConfiguration", {{"level", NameOf(info.severity)}}},
          {"properties", Properties(info)}};
}

}  // namespace

Json SarifRules() {
  Json rules = Json::array();
  for (const Rule* rule : AllRules()) rules.push_back(Descriptor(rule->info));
  return rules;
}

std::unordered_map<std::string_view, int> SarifRuleIndex() {
  std::unordered_map<std::string_view, int> index;
  for (const Rule* rule : AllRules()) index.emplace(rule->info.id, static_cast<int>(index.size()));
  return index;
}

}  // namespace sandlint
