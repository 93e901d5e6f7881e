// Simple commands: functions, builtins, helpers that start nothing, and everything else, which is a
// program that the script starts.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/tool_path.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxLaunches = 24;

/// `ip netns exec`, `op run`: helpers that start a program after all.
bool StartsAnother(std::string_view tool, const std::vector<Word>& words) {
  constexpr auto kStarters = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"ip", "exec"}, {"op", "run"}, {"git", "bisect"}, {"systemctl", "edit"}});
  return std::ranges::any_of(kStarters, [&](const auto& starter) {
    return tool == starter.first &&
           std::ranges::find(words, starter.second, &Word::text) != words.end();
  });
}

}  // namespace

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
    if (dialect_ == Dialect::Dash &&
        std::ranges::any_of(node.assignments, &ShellAssignment::append)) {
      EndCommand(Answer::No, 127);  // `A+=x` is the name of a program there
      CheckErrexit();
      return;
    }
    const int before = captures_;
    for (const ShellAssignment& assignment : node.assignments) Assign(assignment);
    // The status is that of the last command substitution.
    if (captures_ == before) EndCommand(Answer::Yes, 0);
    CheckErrexit();
    return;
  }
  for (const ShellAssignment& assignment : node.assignments) {
    const Word value = ExpandText(assignment.value, true);
    command.environment.push_back({EnvKind::Set,
                                   WordAt(assignment.name, assignment.span),
                                   WordAt(assignment.name, assignment.span),
                                   value,
                                   {}});
  }
  status_text_ = std::string(node.span.Text().substr(0, 60));
  if (const std::size_t line = status_text_.find('\n'); line != std::string::npos) {
    status_text_.resize(line);
  }
  RunCommand(command);
  CheckErrexit();
}

void ScriptPath::RunDeclaration(const ShellNode& node) {
  const std::string name = node.words.empty() ? "declare" : node.words.front().raw;
  const Fields words = Expand(node.words);
  const bool function_scope = name != "export" && name != "readonly";
  bool exports = name == "export";
  bool takes_back = false;
  bool odd = false;
  bool global = false;
  for (std::size_t index = 1; index < words.size(); ++index) {
    const std::string& text = words[index].text;
    if (!text.starts_with('-')) continue;
    exports = exports || text.find('x') != std::string::npos;
    global = global || text.find('g') != std::string::npos;
    takes_back = takes_back || text.find('n') != std::string::npos;
    odd = odd || text.find_first_of("Ai") != std::string::npos;
  }
  const bool local = function_scope && !frames_.empty() && !global;
  for (const ShellAssignment& assignment : node.assignments) {
    Assign(assignment, local, exports && !takes_back);
    if (odd) state_.variables[assignment.name].unknown_items = true;
  }
  for (std::size_t index = 1; index < words.size(); ++index) {
    const std::string& text = words[index].text;
    if (text.empty() || text.starts_with('-')) continue;
    if (const auto pair = SplitAssignment(words[index])) {
      ShellVariable variable{{pair->value}, false, exports, false};
      Set(pair->key.text, std::move(variable));
      continue;
    }
    if (local) {
      ShellAssignment empty;
      empty.name = text;
      empty.is_array = true;
      Assign(empty, true);
      state_.variables[text].items.clear();
      state_.variables[text].array = false;
    } else if (function_scope && Find(text) == nullptr) {
      if (odd) state_.variables[text].unknown_items = true;
    } else if (exports && !takes_back) {
      Export(text);
    } else if (exports) {
      state_.environment.push_back({EnvKind::Unset, words[index], words[index], {}, {}});
    }
  }
  if (status_ != Answer::No) EndCommand(Answer::Yes, 0);
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
  if (!wrapped || StartsAnother(tool, words)) return false;
  if (tool == "true" || tool == "false" || tool == "test" || tool == "[" || tool == "echo") {
    EndCommand(Answer::Unknown);
    return true;
  }
  const auto row = std::ranges::find(Helpers(), tool, &BuiltinRow::name);
  if (row == Helpers().end()) return false;
  command.words = std::move(words);
  EndCommand(Answer::Unknown);
  (this->*row->run)(command);
  if (status_ != Answer::No) EndCommand(Answer::Unknown);
  return true;
}

/// `IFS=, read …`, `A=1 function`: set while it runs.
void ScriptPath::RunWithVariables(Command& command, const std::function<void()>& run) {
  const auto saved = state_.variables;
  const std::vector<EnvEdit> environment = state_.environment;
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
  if (!command.environment.empty()) state_.environment = environment;
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
  for (const BuiltinRow& row : Builtins()) {
    if (row.name != first.text || command.exec) continue;
    if (first.text == "read" || first.text == "mapfile") {
      RunWithVariables(command, [&] { (this->*row.run)(command); });
    } else {
      (this->*row.run)(command);
    }
    return;
  }
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
  if (dialect_ == Dialect::Dash && first.text == "[[") {
    EndCommand(Answer::No, 127);
    return;
  }
  if (first.text.find('/') == std::string::npos || IsSystemFolder(FolderOf(first.text))) {
    for (const BuiltinRow& row : Helpers()) {
      if (row.name != tool || StartsAnother(tool, command.words)) continue;
      EndCommand(Answer::Unknown);
      (this->*row.run)(command);
      return;
    }
  }
  if (!command.exec && RunWrappedHelper(command)) return;
  Launch(command);
}

void ScriptPath::Launch(Command& command) {
  if (launches_.size() >= kMaxLaunches) {
    flow_ = Flow::Ended;
    return;
  }
  ScriptLaunch launch;
  launch.argv = command.words;
  launch.word = command.words.front();
  launch.condition = condition_;
  launch.conditions = conditions_;
  launch.environment = state_.environment;
  launch.environment.insert(launch.environment.end(), command.environment.begin(),
                            command.environment.end());
  launch.directory = state_.directory;
  launch.written.clear();
  for (const auto& [path, data] : written_) {
    if (data.known) launch.written[path] = data.text;
    if (data.known && !data.text.Certain()) {
      launch.handed.push_back({{}, data.text, -1, false, false, Answer::Unknown});
    }
  }
  for (const auto& [number, data] : state_.descriptors) {
    if (data.known) launch.descriptors[number] = data.text;
    if (data.known && !data.text.Certain()) {
      launch.handed.push_back({{}, data.text, number, false, false, Answer::Yes});
    }
    if (number > 2) launch.more_descriptors = true;
    launch.handed.insert(launch.handed.end(), data.files.begin(), data.files.end());
  }
  launch.handed.insert(launch.handed.end(), read_.begin(), read_.end());
  launch.temp_directories = temps_;
  launch.made = made_;
  launch.mounts = mounts_;
  launch.notes = doubts_;
  launch.replaces = command.exec;
  if (const auto input = state_.descriptors.find(0); input != state_.descriptors.end()) {
    if (!input->second.known) launch.descriptors.erase(0);
    launch.downloads = input->second.download;
  }
  for (const Word& word : launch.argv) {
    if (const auto found = downloads_.find(word.text); found != downloads_.end()) {
      launch.downloads = found->second;
    }
  }
  if (command.exec && state_.exit_trap) {
    for (TempDirectory& directory : launch.temp_directories) {
      directory.removal = Removal::LostTrap;
      directory.removed_by = *state_.exit_trap;
    }
  }
  launches_.push_back(std::move(launch));
  launched_at_.resize(launches_.size(), steps_);
  output_.known = false;
  EndCommand(Answer::Unknown);
}

void ScriptPath::LaunchUnknown(const Word& word, std::string why) {
  if (launches_.size() >= kMaxLaunches) return;
  ScriptLaunch launch;
  launch.word = word;
  launch.unknown = std::move(why);
  launch.condition = condition_;
  launch.conditions = conditions_;
  launches_.push_back(std::move(launch));
}

}  // namespace sandlint
