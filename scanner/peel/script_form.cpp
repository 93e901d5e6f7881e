// The option forms of the builtins that are followed. Any other one makes everything behind it, and
// what may have run, uncertain.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/script_path.h"
#include "scanner/peel/script_words.h"

namespace sandlint {
namespace {

enum class Operands : std::uint8_t { Plain, Variables };

/// Options of bash 5.2, and those that dash 0.5.12 has too; `valued` take a value.
struct FormRow {
  std::string_view name;
  std::string_view flags;
  std::string_view valued;
  std::string_view dash;
  Operands operands = Operands::Plain;
};

constexpr auto kForms = std::to_array<FormRow>({
    {".", "", "", ""},
    {"bg", "", "", ""},
    {"builtin", "", "", ""},
    {"cd", "PLe@", "", "PL"},
    {"command", "pvV", "", "pvV"},
    {"disown", "ahr", "", ""},
    {"eval", "", "", ""},
    {"exec", "cl", "a", ""},
    {"fg", "", "", ""},
    {"getopts", "", "", "", Operands::Variables},
    {"hash", "r", "", "r"},
    {"jobs", "lnprs", "", "lp"},
    {"mapfile", "t", "d", "", Operands::Variables},
    {"popd", "", "", ""},
    {"printf", "", "v", ""},
    {"pushd", "", "", ""},
    {"pwd", "LP", "", "LP"},
    {"read", "rse", "aduptnNi", "rp", Operands::Variables},
    {"readarray", "t", "d", "", Operands::Variables},
    {"shopt", "suqpo", "", ""},
    {"source", "", "", ""},
    {"times", "", "", ""},
    {"trap", "lp", "", ""},
    {"type", "afptP", "", ""},
    {"unset", "fv", "", "fv", Operands::Variables},
    {"wait", "nf", "p", ""},
    {"which", "as", "", "a"},
});

}  // namespace

bool ScriptPath::CheckForm(Command& command) {
  const auto& words = command.words;
  const auto form = std::ranges::find(kForms, words.front().text, &FormRow::name);
  if (form == kForms.end()) return true;
  const bool dash = dialect_ == Dialect::Dash || dialect_ == Dialect::Sh;
  const Word* odd = nullptr;
  std::size_t at = 1;
  for (; at < words.size() && odd == nullptr; ++at) {
    const Word& word = words[at];
    const bool names = form->operands == Operands::Variables;
    if (word.StartsUnknown() && names) odd = &word;
    if (!IsOption(word) || word.text == "--") break;
    for (std::size_t letter = 1; letter < word.text.size() && odd == nullptr; ++letter) {
      const char c = word.text[letter];
      const bool valued = form->valued.find(c) != std::string_view::npos;
      const bool known = dash ? form->dash.find(c) != std::string_view::npos
                              : valued || form->flags.find(c) != std::string_view::npos;
      if (!known || !word.Known()) odd = &word;
      if (!valued) continue;
      if (letter + 1 == word.text.size()) ++at;
      break;
    }
  }
  if (odd == nullptr) return true;
  LaunchUnknown(*odd, fmt::format("{} {} is not followed", form->name, odd->text));
  if (form->operands == Operands::Variables) {
    for (std::size_t index = 1; index < words.size(); ++index) AssignUnknown(words[index]);
  } else if (form->name == "printf" && words.size() > 2) {
    AssignUnknown(words[2]);
  }
  output_.known = false;
  EndCommand(Answer::Unknown);
  return false;
}

/// A variable, or an item of one, gets a value that is not known.
void ScriptPath::AssignUnknown(const Word& name) {
  if (!name.Known()) {
    LaunchUnknown(name, "which variable is changed here is not known");
    return;
  }
  const std::size_t bracket = name.text.find('[');
  const std::string base = name.text.substr(0, bracket);
  if (base.empty() || base.find_first_of("-+ /") != std::string::npos) return;
  const ShellVariable* before = Find(base);
  if (bracket == std::string::npos && (before == nullptr || !before->array)) {
    SetText(base, Hole(base, name.span));
    return;
  }
  CheckInjection(name.span);
  ShellVariable variable = before != nullptr ? *before : ShellVariable{};
  variable.array = true;
  variable.unknown_items = true;
  Set(base, std::move(variable));
}

void ScriptPath::AssignNamed(const Word& name, Word value) {
  const bool plain = name.Known() && !name.text.empty() &&
                     name.text.find_first_not_of(
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  const ShellVariable* before = plain ? Find(name.text) : nullptr;
  if (plain && (before == nullptr || !before->array)) {
    SetText(name.text, std::move(value));
  } else {
    AssignUnknown(name);
  }
}

}  // namespace sandlint
