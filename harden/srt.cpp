// Settings for Anthropic's sandbox runtime. It reads everything by default: the home is denied as a
// whole and what is needed is allowed again.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harden/own_files.h"
#include "harden/script.h"
#include "harden/words.h"

namespace sandlint {
namespace {

using Json = nlohmann::ordered_json;

/// srt expands `~` and takes the rest from its working directory.
std::string SettingsPath(const PlanWord& word) {
  std::string text;
  for (const PlanPiece& piece : word) {
    if (piece.kind == PlanPiece::Kind::Home) text += '~';
    if (piece.kind == PlanPiece::Kind::Project) text += '.';
    if (piece.kind == PlanPiece::Kind::Text) text += piece.text;
  }
  return text;
}

/// srt reads these as patterns where the system lets it.
bool IsPattern(const PlanWord& word) {
  return std::ranges::any_of(word, [](const PlanPiece& piece) {
    return piece.text.find_first_of("*?[]{}") != piece.text.npos;
  });
}

struct Settings {
  Json read = Json::array();
  Json write = Json::array();
  Json kept = Json::array();  ///< not written to, in what is
  std::vector<std::string> unmet;
};

Settings SettingsOf(const HardenPlan& plan) {
  Settings settings;
  for (const PlanPath& path : plan.paths) {
    if (path.system) continue;
    if (HasVariable(path.path) || IsPattern(path.path)) {
      settings.unmet.push_back(fmt::format(
          "{} {}: add it to the settings by hand", PlainWord(path.path),
          HasVariable(path.path) ? "has no fixed place" : "would be read as a pattern"));
      continue;
    }
    settings.read.push_back(SettingsPath(path.path));
    if (!path.write && IsInWritable(plan, path.path))
      settings.kept.push_back(SettingsPath(path.path));
    if (path.write) settings.write.push_back(SettingsPath(path.path));
  }
  return settings;
}

}  // namespace

Hardened HardenWithSrt(const HardenPlan& plan) {
  const Settings shown = SettingsOf(plan);
  Json hosts = Json::array();
  if (plan.network) {
    for (const std::string& host : plan.hosts) {
      if (!host.starts_with('*') && !host.starts_with('@')) hosts.push_back(host);
    }
  }
  Json settings;
  settings["network"] = {{"allowedDomains", hosts}, {"deniedDomains", Json::array()}};
  settings["filesystem"] = {
      {"denyRead", {"~", "/root", "/home", "/mnt", "/media", "/run", "/var/run", "/tmp"}},
      {"allowRead", shown.read},
      {"allowWrite", shown.write},
      {"denyWrite", shown.kept}};
  const std::string path = fmt::format("{}/{}.srt.json", kHardenFolder, plan.name);
  const std::string launch = fmt::format("exec {} \\\n  srt --settings {} -- \\\n  {}\n",
                                         EnvironmentWords(plan), path, ProgramText(plan));
  Hardened result = WrapperResult(plan, "srt", launch, Temp::OfTool);
  result.files.insert(result.files.begin(), {path, settings.dump(2) + "\n", false});
  result.unmet.insert(result.unmet.end(), shown.unmet.begin(), shown.unmet.end());
  return result;
}

}  // namespace sandlint
