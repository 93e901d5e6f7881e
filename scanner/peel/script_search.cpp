// Bare names where the search path of the script is not the client's own: helpers, and files that
// are sourced.

#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/tool_path.h"

namespace sandlint {

/// What `PATH` is here, and where its relative folders begin. Nothing where it is the client's.
std::optional<PeelContext> ScriptPath::SearchContext(const std::vector<EnvEdit>& own) const {
  std::optional<Word> path;
  if (const ShellVariable* variable = Find("PATH"); variable && !variable->items.empty()) {
    path = variable->items.front();
  }
  for (const EnvEdit& edit : own) {
    if (edit.kind == EnvKind::Set && edit.name.text == "PATH") path = edit.value;
  }
  if (!path || path->text == "${PATH}") return std::nullopt;
  PeelContext here = context_;
  here.variables.insert_or_assign("PATH", *path);
  if (state_.directory) {
    here.lost_directory = !state_.directory->Certain();
    if (!here.lost_directory) here.working_directory = state_.directory->text;
  }
  return here;
}

/// A helper that may be another program of this name.
void ScriptPath::DoubtPlanted(const Word& name, const Command& command) {
  if (!name.Known() || name.text.find('/') != std::string::npos) return;
  const auto here = SearchContext(command.environment);
  if (!here) return;
  Word path = here->variables.at("PATH");
  // What no machine shows: packages whose programs have the names of helpers are not expected.
  constexpr std::string_view kPackages = "node_modules/.bin:";
  const bool symbolic = here->host == nullptr || here->host->Symbolic();
  if (symbolic && path.text.starts_with(kPackages)) path = Part(path, kPackages.size());
  const auto note = DoubtOfSearch(name, path, *here);
  if (note) LaunchUnknown(note->word, note->why);
}

/// True where the tree has a helper of its own, which is started like any other program.
bool ScriptPath::RunPlanted(Command& command) {
  Word& first = command.words.front();
  if (first.text.find('/') != std::string::npos) return false;
  const auto here = SearchContext(command.environment);
  if (!here) return false;
  auto found = FoundInTree(first, *here);
  if (!found) {
    DoubtPlanted(first, command);
    return false;
  }
  first = std::move(*found);
  Launch(command);
  return true;
}

/// `. lib.sh`: a name without a slash is looked up in PATH; bash looks in the working directory
/// then, dash gives up, and ends the script with that. False where there is nothing to read.
bool ScriptPath::FindSourced(Command& command, Word& path) {
  if (path.text.find('/') != std::string::npos || !path.Known()) return true;
  if (const auto here = SearchContext(command.environment)) {
    if (auto found = FoundInTree(path, *here)) {
      path = std::move(*found);
      return true;
    }
    DoubtPlanted(path, command);
  }
  if (!Lacks("a search for sourced files in the working directory", path.span)) return true;
  EndCommand(Answer::No, 2);
  if (!command.bypass_functions) flow_ = Flow::Ended;
  return false;
}

}  // namespace sandlint
