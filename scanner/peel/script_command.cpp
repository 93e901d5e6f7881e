// Simple commands: functions, builtins, helpers that start nothing, and everything else, which is a
// program that the script starts.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_harmless.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/tool_path.h"

namespace sandlint {
void ScriptPath::EndCommand(Answer status, int code) {
  status_ = status;
  code_ = code >= 0 ? code : (status == Answer::Yes ? 0 : status == Answer::No ? 1 : -1);
}

void ScriptPath::RunSimple(const ShellNode& node) {
  Command command;
  command.node = &node;
  command.words = Expand(node.words);
  if (flow_ != Flow::On) return;
  if (command.words.empty()) {
    if (captures_output_) ReadsInput(0, WordAt("", node.span));  // `$(<file)`
    const int before = captures_;
    for (const ShellAssignment& assignment : node.assignments) Assign(assignment);
    // The status is that of the last command substitution.
    if (captures_ == before) EndCommand(Answer::Yes, 0);
    CheckErrexit();
    return;
  }
  for (const ShellAssignment& assignment : node.assignments) {
    Word value = ExpandText(assignment.value, true);
    const bool odd = assignment.append || assignment.is_array || !assignment.subscript.empty();
    if (odd) value = Hole(assignment.name, assignment.span);
    command.environment.push_back({EnvKind::Set,
                                   WordAt(assignment.name, assignment.span),
                                   WordAt(assignment.name, assignment.span),
                                   value,
                                   {}});
  }
  if (command.words.front().text == "exec") RunTraps();
  status_text_ = std::string(node.span.Text().substr(0, 60));
  if (const std::size_t line = status_text_.find('\n'); line != std::string::npos) {
    status_text_.resize(line);
  }
  RunCommand(command);
  CheckErrexit();
}

/// `sudo mkdir …`, `timeout 5 git …`: a helper behind wrappers stays one.
bool ScriptPath::RunWrappedHelper(Command& command) {
  std::vector<Word> words = command.words;
  bool wrapped = false;
  for (int depth = 0; depth < 4; ++depth) {
    std::optional<Peeled> peeled;
    for (const Peeler peel : {PeelSudo, PeelDoas, PeelEnv, PeelTransparent}) {
      if (!peeled) peeled = peel(words, context_);
    }
    if (!peeled) break;
    if (peeled->rest.empty()) return false;
    words = std::move(peeled->rest);
    wrapped = true;
  }
  const std::string tool = ToolName(words.front());
  if (!wrapped || StartsItsOperands(words)) return false;
  if (tool == "true" || tool == "false" || tool == "test" || tool == "[" || tool == "echo") {
    EndCommand(Answer::Unknown);
    return true;
  }
  const auto row = std::ranges::find(Helpers(), tool, &BuiltinRow::name);
  if (row == Helpers().end()) return false;
  DoubtPlanted(command.words.front(), command);
  DoubtPlanted(words.front(), command);
  if (const Word* word = StartsAnother(words, Environment(command))) {
    LaunchUnknown(*word, fmt::format("{} may start another program", tool));
  }
  command.words = std::move(words);
  EndCommand(Answer::Unknown);
  (this->*row->run)(command);
  if (status_ != Answer::No) EndCommand(Answer::Unknown);
  return true;
}

/// `IFS=, read …`, `A=1 function`: set while it runs.
void ScriptPath::RunWithVariables(Command& command, const std::function<void()>& run) {
  if (command.environment.empty()) return run();
  const auto saved = state_.variables;
  const auto first = static_cast<std::ptrdiff_t>(state_.environment.size());
  for (const EnvEdit& edit : command.environment) {
    state_.variables[edit.name.text] = {{edit.value}, false, true, false};
  }
  state_.environment.insert(state_.environment.end(), command.environment.begin(),
                            command.environment.end());
  run();
  for (const EnvEdit& edit : command.environment) {
    const auto before = saved.find(edit.name.text);
    if (before == saved.end()) {
      state_.variables.erase(edit.name.text);
    } else {
      state_.variables[edit.name.text] = before->second;
    }
  }
  // What it exported meanwhile stays.
  auto& environment = state_.environment;
  const auto last = first + static_cast<std::ptrdiff_t>(command.environment.size());
  if (last <= static_cast<std::ptrdiff_t>(environment.size())) {
    environment.erase(environment.begin() + first, environment.begin() + last);
  }
}

/// POSIX: what is assigned before a special builtin stays. bash does so as `sh` only.
bool ScriptPath::KeepsAssignments(std::string_view builtin) const {
  constexpr auto kSpecial =
      std::to_array<std::string_view>({".", ":", "break", "continue", "eval", "exit", "return",
                                       "set", "shift", "source", "times", "trap", "unset"});
  return (dialect_ == Dialect::Sh || dialect_ == Dialect::Dash) &&
         std::ranges::find(kSpecial, builtin) != kSpecial.end();
}

/// False where there is no builtin of that name.
bool ScriptPath::RunBuiltin(Command& command) {
  const Word first = command.words.front();
  const auto row = std::ranges::find(Builtins(), first.text, &BuiltinRow::name);
  if (row == Builtins().end() || command.exec) return false;
  if (IsMissing(first.text, first.span)) {
    EndCommand(Answer::No, 127);
    return true;
  }
  if (!CheckForm(command)) return true;
  if (!KeepsAssignments(first.text)) {
    RunWithVariables(command, [&] { (this->*row->run)(command); });
    return true;
  }
  for (const EnvEdit& edit : command.environment) SetText(edit.name.text, edit.value);
  command.environment.clear();
  (this->*row->run)(command);
  return true;
}

std::vector<EnvEdit> ScriptPath::Environment(const Command& command) const {
  std::vector<EnvEdit> all = state_.environment;
  all.insert(all.end(), command.environment.begin(), command.environment.end());
  for (EnvEdit& edit : all) {
    // Written so that it is not taken for the folder that npm puts there.
    const bool npm = edit.name.text == "PATH" && edit.value.text.starts_with("node_modules/.bin");
    if (!npm) continue;
    edit.value.text.insert(0, "./");
    for (auto& hole : edit.value.holes) {
      hole.begin += 2;
      hole.end += 2;
    }
  }
  return all;
}

/// False where it is no helper, or one that starts something.
bool ScriptPath::RunHelper(Command& command) {
  const Word& first = command.words.front();
  const bool system =
      first.text.find('/') == std::string::npos || IsSystemFolder(FolderOf(first.text));
  const auto row = std::ranges::find(Helpers(), ToolName(first), &BuiltinRow::name);
  if (!system || row == Helpers().end() || StartsItsOperands(command.words)) return false;
  if (RunPlanted(command)) return true;
  if (const Word* word = StartsAnother(command.words, Environment(command))) {
    LaunchUnknown(*word, fmt::format("{} may start another program", first.text));
  }
  EndCommand(Answer::Unknown);
  (this->*row->run)(command);
  return true;
}

void ScriptPath::RunCommand(Command& command) {
  const Word& first = command.words.front();
  if (!first.Known()) {
    Launch(command);
    return;
  }
  if (!command.bypass_functions) {
    const auto function = state_.functions.find(first.text);
    if (function != state_.functions.end()) {
      const auto body = function->second;
      RunWithVariables(command, [&] { RunFunction(body, command); });
      return;
    }
  }
  if (RunBuiltin(command)) return;
  const std::string tool = ToolName(first);
  // What `command -v` did not find does not start either.
  if (const auto fact = facts_.find("tool:" + tool);
      fact != facts_.end() && fact->second == 1 && first.text.find('/') == std::string::npos) {
    EndCommand(Answer::No, 127);
    return;
  }
  if (captures_output_ && command.words.size() == 1 && (tool == "env" || tool == "printenv")) {
    Doubt(first, "what it prints is every variable", Facet::Environment);
    output_.known = false;
    return EndCommand(Answer::Yes, 0);
  }
  if (RunHelper(command)) return;
  if (!command.exec && RunWrappedHelper(command)) return;
  Launch(command);
}

}  // namespace sandlint
