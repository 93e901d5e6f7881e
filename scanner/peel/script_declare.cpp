// export, readonly, local, declare, typeset.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

struct Attributes {
  bool exports = false;
  bool takes_back = false;  ///< export -n, +x
  bool global = false;
  bool readonly = false;
  bool functions = false;
  bool prints = false;
  bool changes_values = false;  ///< -i, -u, -l, -A: what is assigned is not what it will be
  const Word* odd = nullptr;
};

bool IsAttribute(const Word& word) {
  return word.text.size() > 1 && (word.text[0] == '-' || word.text[0] == '+') &&
         word.text.find('=') == std::string::npos;
}

void ReadLetter(char c, bool minus, bool is_export, Attributes& found, const Word& word) {
  switch (c) {
    case 'x':
      (minus ? found.exports : found.takes_back) = true;
      break;
    case 'n':
      if (is_export) found.takes_back = true;
      if (!is_export) found.odd = &word;
      break;
    case 'g':
      found.global = true;
      break;
    case 'r':
      found.readonly = true;
      break;
    case 'f':
      found.functions = true;
      break;
    case 'F':
    case 'p':
      found.prints = true;
      break;
    case 'a':
      break;
    case 'A':
    case 'i':
    case 'l':
    case 'u':
    case 'c':
    case 'I':
      found.changes_values = true;
      break;
    default:
      found.odd = &word;
  }
}

Attributes ReadAttributes(const std::vector<Word>& words, const std::string& name) {
  Attributes found;
  found.exports = name == "export";
  found.readonly = name == "readonly";
  for (std::size_t index = 1; index < words.size(); ++index) {
    const Word& word = words[index];
    if (word.StartsUnknown()) found.odd = &word;
    if (!IsAttribute(word) || word.text == "--") continue;
    for (const char c : word.text.substr(1)) {
      ReadLetter(c, word.text[0] == '-', name == "export", found, word);
    }
  }
  return found;
}

bool RunsCommands(const std::string& text) {
  return text.find("$(") != std::string::npos || text.find('`') != std::string::npos;
}

}  // namespace

void ScriptPath::RunDeclaration(const ShellNode& node) {
  const std::string name = node.words.empty() ? "declare" : node.words.front().raw;
  const Fields words = Expand(node.words);
  if (flow_ != Flow::On) return;
  const bool outside = name == "local" && frames_.empty();
  if (outside || IsMissing(name, node.span)) {
    for (const ShellAssignment& assignment : node.assignments) ExpandText(assignment.value, true);
    EndCommand(Answer::No, outside ? 1 : 127);
    return CheckErrexit();
  }
  const Attributes found = ReadAttributes(words, name);
  const bool dash = dialect_ == Dialect::Dash || dialect_ == Dialect::Sh;
  const bool options = std::ranges::any_of(words, [](const Word& word) {
    return IsAttribute(word) && word.text != "--" && word.text != "-p";
  });
  if (found.odd != nullptr || (dash && options)) {
    LaunchUnknown(found.odd != nullptr ? *found.odd : words.back(),
                  fmt::format("this form of {} is not followed", name));
  }
  const bool function_scope = name != "export" && name != "readonly";
  const bool local = function_scope && !frames_.empty() && !found.global;
  for (const ShellAssignment& assignment : node.assignments) {
    Assign(assignment, local, found.exports && !found.takes_back);
    if (found.changes_values) AssignUnknown(WordAt(assignment.name, assignment.span));
    if (found.readonly) state_.readonly.insert(assignment.name);
  }
  if (found.changes_values) CheckInjection(node.span);
  for (std::size_t index = 1; index < words.size(); ++index) {
    const Word& word = words[index];
    const std::string& text = word.text;
    if (text.empty() || IsAttribute(word) || text == "--") continue;
    if (found.functions) {
      if (found.exports) ExportFunction(word);
      continue;
    }
    if (const auto pair = SplitAssignment(word)) {
      const bool list = pair->value.text.starts_with('(');
      if (list && RunsCommands(pair->value.text)) {
        LaunchUnknown(word, "it may run the commands in its value");
      }
      if (list || found.changes_values) {
        AssignUnknown(pair->key);
      } else {
        AssignNamed(pair->key, pair->value);
      }
      if (found.exports) Export(pair->key.text);
      if (found.readonly) state_.readonly.insert(pair->key.text);
      continue;
    }
    if (local) {
      ShellAssignment empty;
      empty.name = text;
      empty.is_array = true;
      Assign(empty, true);
      state_.variables[text].items.clear();
      state_.variables[text].array = false;
    } else if (found.changes_values && Find(text) == nullptr) {
      state_.variables[text].unknown_items = true;
    } else if (found.exports && !found.takes_back) {
      state_.exports.insert(text);
      Export(text);
    } else if (found.exports || found.takes_back) {
      state_.environment.push_back({EnvKind::Unset, word, word, {}, {}});
    }
    if (found.readonly) state_.readonly.insert(text);
  }
  EndCommand(Answer::Yes, 0);
  if (!found.prints) return;
  output_.known = false;
  EndCommand(Answer::Unknown);
}

/// `export -f name`: each bash that is started gets the function in place of the program.
void ScriptPath::ExportFunction(const Word& name) {
  Word variable = name;
  variable.text = "BASH_FUNC_" + name.text + "%%";
  state_.environment.push_back(
      {EnvKind::Set, name, variable, Hole("the function " + name.text, name.span), {}});
}

}  // namespace sandlint
