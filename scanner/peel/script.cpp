#include "scanner/peel/script.h"

#include <algorithm>

#include "scanner/parse/bounds.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

/// Real scripts have a handful of ways; one with more is answered as unknown beside them.
constexpr int kMaxWays = 160;

bool SameWords(const std::vector<Word>& a, const std::vector<Word>& b) {
  return std::ranges::equal(a, b, [](const Word& x, const Word& y) {
    return x.text == y.text && x.holes.size() == y.holes.size();
  });
}

bool SameEdits(const std::vector<EnvEdit>& a, const std::vector<EnvEdit>& b) {
  return std::ranges::equal(a, b, [](const EnvEdit& x, const EnvEdit& y) {
    return x.kind == y.kind && x.name.text == y.name.text && x.value.text == y.value.text;
  });
}

bool SameTexts(const std::map<std::string, Word, std::less<>>& a,
               const std::map<std::string, Word, std::less<>>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.text == y.second.text;
  });
}

bool Same(const ScriptLaunch& a, const ScriptLaunch& b) {
  const auto directory = [](const ScriptLaunch& launch) {
    return launch.directory ? launch.directory->text : std::string();
  };
  return SameWords(a.argv, b.argv) && a.unknown == b.unknown && a.word.span == b.word.span &&
         SameEdits(a.environment, b.environment) && directory(a) == directory(b) &&
         a.notes.size() == b.notes.size() && a.made.size() == b.made.size() &&
         a.temp_directories.size() == b.temp_directories.size() &&
         a.mounts.size() == b.mounts.size() && a.handed.size() == b.handed.size() &&
         SameTexts(a.written, b.written) &&
         std::ranges::equal(a.descriptors, b.descriptors, [](const auto& x, const auto& y) {
           return x.first == y.first && x.second.text == y.second.text;
         });
}

/// A launch that was found already keeps the conditions that both ways have.
void Add(std::vector<ScriptLaunch>& launches, ScriptLaunch launch) {
  const auto known = std::ranges::find_if(
      launches, [&](const ScriptLaunch& other) { return Same(other, launch); });
  if (known == launches.end()) {
    launches.push_back(std::move(launch));
    return;
  }
  known->goes_on = known->goes_on || launch.goes_on;
  known->replaces = known->replaces && launch.replaces;
  std::erase_if(known->conditions, [&](const std::string& text) {
    return std::ranges::find(launch.conditions, text) == launch.conditions.end();
  });
}

}  // namespace

bool ScriptPlan::Next() {
  while (!steps.empty() && steps.back().taken + 1 >= steps.back().ways) steps.pop_back();
  if (steps.empty()) return false;
  ++steps.back().taken;
  return true;
}

ScriptResult FollowScript(const ScriptCall& call, const PeelContext& context) {
  ScriptResult result;
  ScriptPlan plan;
  int ways = 0;
  do {
    ScriptPath path(call, context, plan);
    path.Run();
    for (ScriptLaunch& launch : path.TakeLaunches()) Add(result.launches, std::move(launch));
  } while (plan.Next() && ++ways < kMaxWays);
  if (ways >= kMaxWays) {
    ScriptLaunch rest;
    rest.word = call.cause;
    rest.unknown = bound::kScriptWays;
    result.launches.push_back(std::move(rest));
  }
  return result;
}

}  // namespace sandlint
