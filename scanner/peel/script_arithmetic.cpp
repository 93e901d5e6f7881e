// Arithmetic is not computed: what it assigns is not known any more. Its subscripts can run
// commands, even where they come out of a variable.

#include <algorithm>
#include <cctype>
#include <string_view>

#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool IsNameChar(char c) {
  return IsNameStart(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// `=`, `+=`, `++`, `--`: but no comparison.
bool Assigns(std::string_view text) {
  if (text.find("++") != std::string_view::npos || text.find("--") != std::string_view::npos) {
    return true;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=') continue;
    const char before = at > 0 ? text[at - 1] : ' ';
    const bool shift = at > 1 && (before == '<' || before == '>') && text[at - 2] == before;
    if (at + 1 < text.size() && text[at + 1] == '=') {
      ++at;
    } else if (shift || (before != '<' && before != '>' && before != '!')) {
      return true;
    }
  }
  return false;
}

bool RunsCommands(const Word& word) {
  return word.text.find('[') != std::string::npos &&
         (word.text.find("$(") != std::string::npos || word.text.find('`') != std::string::npos);
}

}  // namespace

void ScriptPath::Arithmetic(std::string_view text, const Span& span) {
  CheckInjection(span);
  if (!Assigns(text)) return;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!IsNameStart(text[at]) || (at > 0 && IsNameChar(text[at - 1]))) continue;
    std::size_t end = at;
    while (end < text.size() && IsNameChar(text[end])) ++end;
    AssignUnknown(WordAt(std::string(text.substr(at, end - at)), span));
    at = end - 1;
  }
}

/// `x='a[$(command)]'; ((x))` runs the command: a value is read as arithmetic in its turn.
void ScriptPath::CheckInjection(const Span& span) {
  const auto runs = [](const auto& pair) {
    return std::ranges::any_of(pair.second.items, RunsCommands);
  };
  if (std::ranges::any_of(state_.variables, runs) ||
      std::ranges::any_of(state_.positional, RunsCommands)) {
    LaunchUnknown(WordAt("", span), "a variable holds a subscript that runs a command");
  }
}

/// The substitutions inside of a part that is not taken apart otherwise.
void ScriptPath::RunInner(const ShellPart& part) {
  const bool own = part.kind == ShellPartKind::Command || part.kind == ShellPartKind::Process;
  if (own) return;
  if (part.commands != nullptr) {
    Capture(*part.commands);
  } else if (part.kind == ShellPartKind::Unknown && (part.text.find("$(") != std::string::npos ||
                                                     part.text.find('`') != std::string::npos)) {
    LaunchUnknown(WordAt("", part.span), "what this word runs is not known");
  }
  if (part.kind == ShellPartKind::Arithmetic) Arithmetic(part.text, part.span);
  if (part.expansion == nullptr) return;
  const std::string& subscript = part.expansion->subscript;
  const bool plain = subscript.empty() || subscript == "@" || subscript == "*" ||
                     subscript.find_first_not_of("-0123456789") == std::string::npos;
  if (!plain) Arithmetic(subscript, part.span);
}

void ScriptPath::LetBuiltin(Command& command) {
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const Word& word = command.words[at];
    if (!word.Known()) LaunchUnknown(word, "what let computes is not known");
    Arithmetic(word.text, word.span);
    if (RunsCommands(word)) CheckInjection(word.span);
  }
  EndCommand(Answer::Unknown);
}

}  // namespace sandlint
