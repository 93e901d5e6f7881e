#include "harden/carried.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harden/guard.h"
#include "harden/words.h"

namespace sandlint {
namespace {

bool IsAtOrBelow(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

/// Every target shows these, or has its own.
bool IsOfSystem(std::string_view path) {
  constexpr auto kFolders = std::to_array<std::string_view>(
      {"/bin", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/run", "/sbin", "/sys", "/tmp",
       "/usr", "/var/run", "/var/tmp"});
  return std::ranges::any_of(kFolders,
                             [&](std::string_view folder) { return IsAtOrBelow(path, folder); });
}

/// The home or what lies above it, and what hides in it behind a dot: credentials of every kind.
bool IsWide(const std::string& plain, const HardenFacts& facts) {
  const std::string home = facts.host->Caller().home;
  return plain == "~" || plain == "/" || plain.starts_with("~/.") || IsAtOrBelow(home, plain);
}

void Carry(HardenPlan& plan, const Word& source, bool write, const HardenFacts& facts) {
  if (!source || source.text.find('*') != std::string::npos) return;
  if (!source.Known() && source.StartsUnknown() && !source.holes.empty() &&
      source.holes.front().assumed) {
    return;
  }
  PlanWord path = PlanWordOf(source, facts);
  const std::string plain = PlainWord(path);
  if (IsOfSystem(plain)) return;
  if (IsWide(plain, facts)) {
    plan.unmet.push_back(fmt::format(
        "its present sandbox shows {}: that is not carried over; name what it needs in the policy",
        CommentText(plain)));
    return;
  }
  const auto known =
      std::ranges::find(plan.paths, plain, [](const PlanPath& one) { return PlainWord(one.path); });
  if (known != plan.paths.end()) return;
  plan.paths.push_back({std::move(path), write, false, false, "its present sandbox shows it"});
}

void CarryMounts(HardenPlan& plan, const Layer& layer, const HardenFacts& facts) {
  for (const Mount& mount : layer.mounts) {
    if (mount.kind != MountKind::Bind) continue;
    if (mount.source.text == mount.target.text) {
      Carry(plan, mount.source, !mount.read_only, facts);
    } else if (!IsOfSystem(mount.target.text) && !IsOfSystem(mount.source.text)) {
      plan.unmet.push_back(
          fmt::format("its present sandbox shows {} as {}: that is not carried over",
                      CommentText(mount.source.text), CommentText(mount.target.text)));
    }
  }
}

/// firejail: what a profile or an option whitelists.
void CarryWhitelist(HardenPlan& plan, const Layer& layer, const HardenFacts& facts) {
  const auto says = [&](std::string_view keyword, const std::string& path) {
    return std::ranges::any_of(layer.directives, [&](const auto& directive) {
      return directive->keyword.text == keyword && directive->argument.text == path;
    });
  };
  for (const auto& directive : layer.directives) {
    if (directive->keyword.text != "whitelist") continue;
    Word path = directive->argument;
    if (path.text.starts_with("${HOME}")) path.text = "~" + path.text.substr(7);
    path.holes.clear();
    if (path.text.find("${") != path.text.npos) continue;
    Carry(plan, path, !says("read-only", directive->argument.text), facts);
  }
}

void CarryVariables(HardenPlan& plan, const Layer& layer, const HardenFacts& facts) {
  for (const EnvEdit& edit : layer.environment) {
    if (edit.kind != EnvKind::Set || !edit.name.Known() || !IsName(edit.name.text)) continue;
    if (SteersWrapper(edit.name.text) || edit.name.text == "LANG") continue;
    const auto same = [&](const PlanSetting& one) { return one.name == edit.name.text; };
    std::erase_if(plan.settings, same);  // the inner one counts
    plan.settings.push_back({edit.name.text, PlanWordOf(edit.value, facts)});
  }
}

}  // namespace

void AddCarried(HardenPlan& plan, const Server& server, const HardenFacts& facts) {
  if (server.launches.empty()) return;
  for (const Layer& layer : server.launches.front().layers) {
    const bool sandbox = layer.kind == LayerKind::Sandbox;
    if (!sandbox && layer.kind != LayerKind::Environment) continue;
    CarryVariables(plan, layer, facts);
    if (!sandbox) continue;
    CarryMounts(plan, layer, facts);
    CarryWhitelist(plan, layer, facts);
  }
  for (const PlanSetting& setting : plan.settings) std::erase(plan.variables, setting.name);
}

}  // namespace sandlint
