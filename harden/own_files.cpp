#include "harden/own_files.h"

#include <algorithm>
#include <optional>

#include "harden/words.h"

namespace sandlint {
namespace {

/// Both as PlainWord writes them. Where the project lies in the home is not known.
bool IsBelow(std::string_view path, std::string_view folder) {
  if (path.starts_with("./") && (folder == "~" || folder == "/home" || folder == "/Users")) {
    return true;
  }
  if (folder == "/") return true;
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

void Guard(HardenPlan& plan, PlanWord path, std::string why) {
  const std::string plain = PlainWord(path);
  const bool known = std::ranges::any_of(
      plan.paths, [&](const PlanPath& one) { return PlainWord(one.path) == plain; });
  if (!known && IsInWritable(plan, path))
    plan.paths.push_back({std::move(path), false, false, false, std::move(why)});
}

/// The script or program that the server is, where a path names it.
std::optional<Word> OwnProgram(const ProgramWords& words) {
  if (words.package) return std::nullopt;
  if (words.script < words.arguments.size()) return words.arguments[words.script];
  if (words.program.text.find('/') == std::string::npos) return std::nullopt;
  return words.program;
}

}  // namespace

bool IsInWritable(const HardenPlan& plan, const PlanWord& path) {
  const std::string plain = PlainWord(path);
  return std::ranges::any_of(plan.paths, [&](const PlanPath& one) {
    return one.write && IsBelow(plain, PlainWord(one.path));
  });
}

void AddGuards(HardenPlan& plan, const ProgramWords& words, const HardenFacts& facts) {
  const PlanWord project{{PlanPiece::Kind::Project, {}}};
  for (const std::string& file : facts.deciding) {
    Guard(plan, Below(project, "/" + file), "it says what its sandbox is");
  }
  const auto program = OwnProgram(words);
  if (!program || program->text.starts_with("..")) return;
  const bool absolute =
      program->text.starts_with('/') || program->text.starts_with('~') || program->StartsUnknown();
  const std::string_view text = program->text;
  Guard(plan,
        absolute
            ? PlanWordOf(*program, facts)
            : Below(project, "/" + std::string(text.starts_with("./") ? text.substr(2) : text)),
        "its own program");
}

}  // namespace sandlint
