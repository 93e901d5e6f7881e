// The rest of what a shell does itself: looking up programs, traps, reading data.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

bool IsOption(const Word& word) { return word.text.size() > 1 && word.text[0] == '-'; }

}  // namespace

/// `command -v X`, `type X`, `which X`, `hash X`: is there such a program?
void ScriptPath::TypeBuiltin(Command& command) {
  std::size_t at = 1;
  while (at < command.words.size() && IsOption(command.words[at])) ++at;
  if (at >= command.words.size()) return EndCommand(Answer::No, 1);
  const Word& name = command.words[at];
  const bool inside =
      state_.functions.contains(name.text) ||
      std::ranges::any_of(Builtins(), [&](const BuiltinRow& row) { return row.name == name.text; });
  if (inside) {
    Word text = name;
    AppendText(text, "\n");
    Print(std::move(text));
    return EndCommand(Answer::Yes, 0);
  }
  const std::string tool = name.Known() ? ToolName(name) : std::string();
  if (tool.empty()) {
    output_.known = false;
    return EndCommand(Answer::Unknown);
  }
  const bool found =
      Choose("tool:" + tool, {"", fmt::format("there is no {}", tool)}, name.span) == 0;
  if (found) {
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
  const bool asks =
      command.words.size() > 1 && (command.words[1].text == "-v" || command.words[1].text == "-V");
  if (asks) return TypeBuiltin(command);
  std::size_t at = 1;
  while (at < command.words.size() && IsOption(command.words[at])) ++at;
  if (at >= command.words.size()) return EndCommand(Answer::Yes, 0);
  command.words.erase(command.words.begin(),
                      command.words.begin() + static_cast<std::ptrdiff_t>(at));
  command.bypass_functions = true;
  RunCommand(command);
}

void ScriptPath::Trap(Command& command) {
  EndCommand(Answer::Yes, 0);
  std::size_t at = 1;
  if (at < command.words.size() && command.words[at].text == "--") ++at;
  if (at + 1 >= command.words.size()) return;
  const Word action = command.words[at];
  for (std::size_t index = at + 1; index < command.words.size(); ++index) {
    const std::string& signal = command.words[index].text;
    const bool exits = signal == "EXIT" || signal == "0";
    if (signal == "DEBUG" || signal == "ERR" || signal == "RETURN") {
      Doubt(action, fmt::format("a trap on {} is not followed", signal));
    }
    if (!exits) continue;
    if (action.text == "-" || action.text.empty()) {
      state_.exit_trap.reset();
    } else if (subshells_ == 0) {
      state_.exit_trap = action;
    }
  }
}

/// One line of what stands on standard input.
void ScriptPath::Read(Command& command) {
  std::vector<std::string> names;
  char delimiter = '\n';
  int from = 0;
  std::string array;
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const std::string& text = command.words[at].text;
    if (text == "-d" && at + 1 < command.words.size()) {
      const std::string& value = command.words[++at].text;
      delimiter = value.empty() ? '\0' : value[0];
    } else if (text == "-u" && at + 1 < command.words.size()) {
      from = command.words[++at].text == "3" ? 3 : -1;
    } else if (text == "-a" || text == "-ra" || text == "-ar") {
      if (at + 1 < command.words.size()) array = command.words[++at].text;
    } else if (text == "-p" || text == "-t" || text == "-n" || text == "-N") {
      ++at;
    } else if (!IsOption(command.words[at])) {
      names.push_back(text);
    }
  }
  if (names.empty()) names.emplace_back("REPLY");
  ReadsInput(from, command.words.front());
  const auto found = state_.descriptors.find(from);
  if (found == state_.descriptors.end() || !found->second.known) {
    for (const std::string& name : names) SetText(name, Hole(name, command.words.front().span));
    if (!array.empty()) state_.variables[array].unknown_items = true;
    return EndCommand(Answer::Unknown);
  }
  ShellData& data = found->second;
  const std::string& text = data.text.text;
  const bool more = data.at < text.size();
  const std::size_t end = std::min(text.find(delimiter, data.at), text.size());
  const bool ended = end < text.size();
  Word line = Part(data.text, std::min(data.at, text.size()), more ? end - data.at : 0);
  data.at = std::min(end + 1, text.size());
  SplitLine(std::move(line), names, array);
  EndCommand(more && ended ? Answer::Yes : Answer::No, more && ended ? 0 : 1);
}

/// The fields of a line go to the names, the rest of it to the last.
void ScriptPath::SplitLine(Word line, const std::vector<std::string>& names,
                           const std::string& array) {
  const std::string separators = Separators();
  std::vector<Word> fields;
  std::size_t at = 0;
  const std::size_t limit = array.empty() ? names.size() : line.text.size() + 1;
  while (at < line.text.size() && !separators.empty()) {
    const std::size_t begin = line.text.find_first_not_of(separators, at);
    if (begin == std::string::npos) break;
    if (fields.size() + 1 == limit) {
      const std::size_t last = line.text.find_last_not_of(separators);
      fields.push_back(Part(line, begin, last - begin + 1));
      break;
    }
    const std::size_t stop = std::min(line.text.find_first_of(separators, begin), line.text.size());
    fields.push_back(Part(line, begin, stop - begin));
    at = stop;
  }
  if (separators.empty()) fields.push_back(line);
  if (!array.empty()) {
    Set(array, {std::move(fields), true, false, false});
    return;
  }
  for (std::size_t index = 0; index < names.size(); ++index) {
    SetText(names[index], index < fields.size() ? fields[index] : WordAt("", line.span));
  }
}

void ScriptPath::MapFile(Command& command) {
  ReadsInput(0, command.words.front());
  std::string name = "MAPFILE";
  char delimiter = '\n';
  bool trims = false;
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const std::string& text = command.words[at].text;
    if (text == "-t") {
      trims = true;
    } else if (text == "-d" && at + 1 < command.words.size()) {
      const std::string& value = command.words[++at].text;
      delimiter = value.empty() ? '\0' : value[0];
    } else if (!IsOption(command.words[at])) {
      name = text;
    }
  }
  ShellVariable variable;
  variable.array = true;
  const auto found = state_.descriptors.find(0);
  if (found == state_.descriptors.end() || !found->second.known || !trims) {
    variable.unknown_items = true;
  } else {
    const std::string& text = found->second.text.text;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(delimiter, at), text.size());
      variable.items.push_back(Part(found->second.text, at, end - at));
      at = end + 1;
    }
  }
  Set(name, std::move(variable));
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::UnsetBuiltin(Command& command) {
  bool functions = false;
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const Word& word = command.words[at];
    if (IsOption(word)) {
      functions = word.text.find('f') != std::string::npos;
    } else if (functions) {
      state_.functions.erase(word.text);
    } else if (word.Known()) {
      Unset(word.text);
    }
  }
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::Shopt(Command& command) {
  for (const Word& word : command.words) {
    if (word.text == "execfail") state_.execfail = command.words[1].text == "-s";
    if (word.text == "lastpipe" || word.text == "expand_aliases") {
      Doubt(word, fmt::format("{} is not followed", word.text));
    }
  }
  EndCommand(Answer::Yes, 0);
}

/// Scripts do not expand aliases, unless they ask for it.
void ScriptPath::Alias(Command&) { EndCommand(Answer::Yes, 0); }

}  // namespace sandlint
