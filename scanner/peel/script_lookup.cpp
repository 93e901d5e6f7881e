// Builtins that look a name up: command, type, which, hash.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/script_words.h"

namespace sandlint {
namespace {

/// `command -v x`, `which x`, `type -P x` print where it is; the others print a sentence.
bool PrintsPath(const std::vector<Word>& words) {
  const std::string& tool = words.front().text;
  if (tool == "which") return words.size() == 2;
  return words.size() == 3 &&
         ((tool == "command" && words[1].text == "-v") ||
          (tool == "type" && (words[1].text == "-P" || words[1].text == "-p")));
}

}  // namespace

/// `command -v X`, `type X`, `which X`, `hash X`: is there such a program?
void ScriptPath::TypeBuiltin(Command& command) {
  std::size_t at = 1;
  while (at < command.words.size() && IsOption(command.words[at])) ++at;
  if (at >= command.words.size()) return EndCommand(Answer::Unknown);
  const bool prints = PrintsPath(command.words);
  if (!prints && command.words.front().text != "hash") output_.known = false;
  if (at + 1 < command.words.size()) return Nothing(command);
  const Word& name = command.words[at];
  const bool inside =
      state_.functions.contains(name.text) ||
      std::ranges::any_of(Builtins(), [&](const BuiltinRow& row) { return row.name == name.text; });
  if (inside) {
    // Only the shell itself knows them.
    if (command.words.front().text == "which" ||
        (prints && command.words.size() == 3 && command.words.front().text == "type")) {
      return Nothing(command);
    }
    Word text = name;
    AppendText(text, "\n");
    if (prints) Print(std::move(text));
    return EndCommand(Answer::Yes, 0);
  }
  const std::string tool = name.Known() ? ToolName(name) : std::string();
  if (tool.empty()) return Nothing(command);
  const bool found =
      Choose("tool:" + tool, {"", fmt::format("there is no {}", tool)}, name.span) == 0;
  if (found && prints) {
    // A path that ends in this name; the rest of it makes no difference.
    Word text = name;
    if (name.text.find('/') == std::string::npos) {
      text.text = "/usr/bin/" + tool;
      text.holes = {{0, 9, "the folder of " + tool, true}};
    }
    AppendText(text, "\n");
    Print(std::move(text));
  }
  EndCommand(found ? Answer::Yes : Answer::No);
}

void ScriptPath::CommandBuiltin(Command& command) {
  const bool asks = command.words.size() > 1 && IsOption(command.words[1]) &&
                    command.words[1].text.find_first_of("vV") != std::string::npos;
  if (asks) return TypeBuiltin(command);
  std::size_t at = 1;
  while (at < command.words.size() && IsOption(command.words[at])) ++at;
  if (at >= command.words.size()) return EndCommand(Answer::Yes, 0);
  const bool closes = command.words.front().text == "builtin";  // what `exec` opens
  command.words.erase(command.words.begin(),
                      command.words.begin() + static_cast<std::ptrdiff_t>(at));
  command.bypass_functions = true;
  RunCommand(command);
  if (closes) keeps_opened_ = nullptr;
}

}  // namespace sandlint
