// What a shell does itself: the table, and the builtins that do little.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/options.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/script_words.h"

namespace sandlint {
namespace {

/// What `shopt` may change without a word about it: only the look of things, or fewer words.
constexpr auto kHarmlessOptions = std::to_array<std::string_view>(
    {"checkhash", "checkwinsize", "cmdhist", "dotglob", "extglob", "failglob", "globasciiranges",
     "globstar", "gnu_errfmt", "histappend", "huponexit", "interactive_comments", "lithist",
     "localvar_inherit", "nocaseglob", "nullglob", "shift_verbose", "sourcepath"});

}  // namespace

const std::vector<ScriptPath::BuiltinRow>& ScriptPath::Builtins() {
  using P = ScriptPath;
  static const std::vector<BuiltinRow> kRows = {{".", &P::SourceFile},
                                                {":", &P::True},
                                                {"[", &P::TestBuiltin},
                                                {"alias", &P::Alias},
                                                {"bg", &P::Nothing},
                                                {"break", &P::Break},
                                                {"bind", &P::Unfollowed},
                                                {"caller", &P::Nothing},
                                                {"compgen", &P::Unfollowed},
                                                {"complete", &P::Unfollowed},
                                                {"compopt", &P::Unfollowed},
                                                {"dirs", &P::Nothing},
                                                {"enable", &P::Unfollowed},
                                                {"fc", &P::Unfollowed},
                                                {"help", &P::Nothing},
                                                {"history", &P::Nothing},
                                                {"logout", &P::Unfollowed},
                                                {"suspend", &P::Nothing},
                                                {"unalias", &P::Nothing},
                                                {"builtin", &P::CommandBuiltin},
                                                {"cd", &P::Cd},
                                                {"command", &P::CommandBuiltin},
                                                {"continue", &P::Continue},
                                                {"disown", &P::Nothing},
                                                {"echo", &P::Echo},
                                                {"eval", &P::Eval},
                                                {"exec", &P::Exec},
                                                {"exit", &P::Exit},
                                                {"false", &P::False},
                                                {"fg", &P::Nothing},
                                                {"hash", &P::TypeBuiltin},
                                                {"jobs", &P::Nothing},
                                                {"kill", &P::Nothing},
                                                {"let", &P::LetBuiltin},
                                                {"mapfile", &P::MapFile},
                                                {"popd", &P::Cd},
                                                {"printf", &P::Printf},
                                                {"pushd", &P::Cd},
                                                {"pwd", &P::Pwd},
                                                {"read", &P::Read},
                                                {"readarray", &P::MapFile},
                                                {"return", &P::Return},
                                                {"set", &P::SetOptions},
                                                {"shift", &P::Shift},
                                                {"shopt", &P::Shopt},
                                                {"source", &P::SourceFile},
                                                {"test", &P::TestBuiltin},
                                                {"times", &P::Nothing},
                                                {"trap", &P::Trap},
                                                {"true", &P::True},
                                                {"type", &P::TypeBuiltin},
                                                {"ulimit", &P::Nothing},
                                                {"umask", &P::Nothing},
                                                {"unset", &P::UnsetBuiltin},
                                                {"wait", &P::Wait},
                                                {"which", &P::TypeBuiltin},
                                                {"getopts", &P::Getopts}};
  return kRows;
}

void ScriptPath::True(Command&) { EndCommand(Answer::Yes, 0); }
void ScriptPath::False(Command&) { EndCommand(Answer::No, 1); }

void ScriptPath::Nothing(Command&) {
  output_.known = false;
  EndCommand(Answer::Unknown);
}

void ScriptPath::Unfollowed(Command& command) {
  LaunchUnknown(command.words.front(),
                fmt::format("{} is not followed", command.words.front().text));
  Nothing(command);
}

void ScriptPath::Cd(Command& command) {
  Word target;
  for (std::size_t index = 1; index < command.words.size(); ++index) {
    if (!IsOption(command.words[index])) target = command.words[index];
  }
  if (command.words.size() == 1) {
    const ShellVariable* home = Find("HOME");
    target = home != nullptr && !home->items.empty() ? home->items[0] : Hole("HOME", {});
  }
  if (command.words.front().text == "popd" || target.text == "-") {
    target = Hole("OLDPWD", command.words.front().span);
  }
  const ShellVariable* search = Find("CDPATH");
  const bool searched = search != nullptr && !target.text.starts_with('/') &&
                        !target.text.starts_with('.') &&
                        (search->items.empty() || !search->items[0].text.empty());
  const std::string& tool = command.words.front().text;
  if (searched || tool != "cd" || !target.Known()) {
    target = Hole(tool + " " + target.text, command.words.front().span);
  }
  const Word absolute = Absolute(target);
  Word clean = absolute;
  if (absolute.Certain()) clean.text = CleanAbsolute(target);
  const std::string tree = PathInTree(absolute, context_);
  const bool there = context_.files != nullptr && !tree.empty() && context_.files->Exists(tree);
  const bool upwards = target.text == "." || target.text == ".." || target.text.ends_with("/..");
  if (!there && !upwards && target.text != "/" &&
      !ChooseStatus(command.words.front().span, status_text_)) {
    return;
  }
  state_.directory = clean;
  SetText("PWD", clean);
  if (state_.variables["PWD"].exported && !state_.environment.empty())
    state_.environment.pop_back();
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::Pwd(Command& command) {
  // -P names where links lead.
  const bool plain = HasOnlyOptions(command.words, "L");
  const ShellVariable* pwd = plain ? Find("PWD") : nullptr;
  Word text = pwd != nullptr && !pwd->items.empty() ? pwd->items[0]
                                                    : Hole("PWD", command.words.front().span);
  AppendText(text, "\n");
  Print(std::move(text));
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::UnsetBuiltin(Command& command) {
  bool functions = false;
  bool variables = false;
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const Word& word = command.words[at];
    if (IsOption(word)) {
      functions = word.text.find('f') != std::string::npos;
      variables = word.text.find('v') != std::string::npos;
    } else if (!word.Known()) {
      AssignUnknown(word);
    } else if (functions) {
      RunTraps();
      state_.functions.erase(word.text);
    } else if (word.text.find('[') != std::string::npos) {
      AssignUnknown(word);
    } else if (!variables && Find(word.text) == nullptr && state_.functions.contains(word.text)) {
      // A name that is no variable is taken for a function, but not by dash.
      RunTraps();
      if (!Lacks("unset of functions", word.span)) state_.functions.erase(word.text);
    } else {
      Unset(word.text);
    }
  }
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::Shopt(Command& command) {
  bool sets = false;
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const Word& word = command.words[at];
    if (IsOption(word)) {
      sets = sets || word.text == "-s";
      if (word.text.find('o') != std::string::npos) {
        Doubt(word, "this form of shopt is not followed");
      }
    } else if (word.text == "execfail") {
      state_.execfail = sets;
    } else if (word.text == "inherit_errexit") {
      state_.inherits_errexit = sets;
    } else if (std::ranges::find(kHarmlessOptions, word.text) == kHarmlessOptions.end()) {
      Doubt(word, fmt::format("{} is not followed", word.text));
    }
  }
  const bool asks =
      command.words.size() < 3 || command.words[1].text.find('q') != std::string::npos;
  EndCommand(asks ? Answer::Unknown : Answer::Yes);
}

/// Scripts do not expand aliases, unless they ask for it; a `sh` does.
void ScriptPath::Alias(Command& command) {
  const bool expands = dialect_ != Dialect::Bash;
  if (expands && command.words.size() > 1) Unfollowed(command);
  EndCommand(Answer::Yes, 0);
}

}  // namespace sandlint
