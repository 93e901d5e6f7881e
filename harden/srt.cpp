// Settings for Anthropic's sandbox runtime. It reads everything by default: the home is denied as a
// whole and what is needed is allowed again.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

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

bool IsSystemFile(const PlanPath& path) {
  return path.optional && PlainWord(path.path).starts_with("/etc/");
}

}  // namespace

Hardened HardenWithSrt(const HardenPlan& plan) {
  Hardened result;
  result.steps = plan.steps;
  result.unmet = plan.unmet;
  Json read = Json::array(), write = Json::array(), hosts = Json::array();
  for (const PlanPath& path : plan.paths) {
    if (IsSystemFile(path)) continue;
    if (HasVariable(path.path)) {
      result.unmet.push_back(fmt::format("{} has no fixed place: add it to the settings by hand",
                                         PlainWord(path.path)));
      continue;
    }
    read.push_back(SettingsPath(path.path));
    if (path.write) write.push_back(SettingsPath(path.path));
  }
  if (plan.network) {
    for (const std::string& host : plan.hosts) {
      if (!host.starts_with('*') && !host.starts_with('@')) hosts.push_back(host);
    }
  }
  Json settings;
  settings["network"] = {{"allowedDomains", hosts}, {"deniedDomains", Json::array()}};
  settings["filesystem"] = {
      {"denyRead", {"~", "/root", "/home", "/mnt", "/media", "/run", "/var/run", "/tmp"}},
      {"allowRead", read},
      {"allowWrite", write},
      {"denyWrite", Json::array()}};
  const std::string path = fmt::format("{}/{}.srt.json", kHardenFolder, plan.name);
  std::string launch = "exec " + EnvironmentWords(plan) + " \\\n  srt --settings " + path +
                       " -- \\\n  " + ShellWord(plan.program);
  for (const PlanWord& word : plan.arguments) launch += ' ' + ShellWord(word);
  result.files.push_back({path, settings.dump(2) + "\n", false});
  result.files.push_back(
      {WrapperPath(plan), WrapperScript(plan, "srt", launch + '\n', false), true});
  result.launch = WrapperLaunch(plan);
  return result;
}

}  // namespace sandlint
