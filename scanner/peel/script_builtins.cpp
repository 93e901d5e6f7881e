// What a shell does itself.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scanner/peel/options.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

std::size_t CountOf(const std::vector<Word>& words) {
  std::size_t count = 1;
  if (words.size() > 1) {
    const std::string& text = words[1].text;
    std::from_chars(text.data(), text.data() + text.size(), count);
  }
  return count;
}

bool IsOption(const Word& word) { return word.text.size() > 1 && word.text[0] == '-'; }

}  // namespace

const std::vector<ScriptPath::BuiltinRow>& ScriptPath::Builtins() {
  using P = ScriptPath;
  static const std::vector<BuiltinRow> kRows = {{".", &P::SourceFile},
                                                {":", &P::True},
                                                {"[", &P::TestBuiltin},
                                                {"alias", &P::Alias},
                                                {"bg", &P::Nothing},
                                                {"break", &P::Break},
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
                                                {"let", &P::Nothing},
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
                                                {"wait", &P::Nothing},
                                                {"which", &P::TypeBuiltin},
                                                {"getopts", &P::Nothing}};
  return kRows;
}

void ScriptPath::True(Command&) { EndCommand(Answer::Yes, 0); }
void ScriptPath::False(Command&) { EndCommand(Answer::No, 1); }
void ScriptPath::Nothing(Command&) { EndCommand(Answer::Unknown); }

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
  const Word absolute = Absolute(target);
  Word clean = absolute;
  if (absolute.Certain()) clean.text = CleanAbsolute(target);
  state_.directory = clean;
  SetText("PWD", clean);
  if (state_.variables["PWD"].exported && !state_.environment.empty())
    state_.environment.pop_back();
  const std::string in_tree = PathInTree(absolute, context_);
  EndCommand(context_.files != nullptr && !in_tree.empty() && context_.files->Exists(in_tree)
                 ? Answer::Yes
                 : Answer::Unknown);
  if (status_ == Answer::Unknown && target.Known() &&
      (target.text == "." || target.text == ".." || target.text.ends_with("/.."))) {
    EndCommand(Answer::Yes, 0);
  }
}

void ScriptPath::Pwd(Command& command) {
  const ShellVariable* pwd = Find("PWD");
  Word text = pwd != nullptr && !pwd->items.empty() ? pwd->items[0]
                                                    : Hole("PWD", command.words.front().span);
  AppendText(text, "\n");
  Print(std::move(text));
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::Echo(Command& command) {
  Word text = WordAt("", command.words.front().span);
  bool newline = true;
  std::size_t index = 1;
  for (; index < command.words.size(); ++index) {
    const std::string& word = command.words[index].text;
    if (word != "-n" && word != "-e" && word != "-ne" && word != "-en" && word != "-E") break;
    if (word.find('n') != std::string::npos) newline = false;
  }
  for (std::size_t at = index; at < command.words.size(); ++at) {
    if (at > index) AppendText(text, " ");
    AppendWord(text, command.words[at]);
  }
  if (newline) AppendText(text, "\n");
  Print(std::move(text));
  EndCommand(Answer::Yes, 0);
}

/// `%s`, `%d`, `%q` and the usual escapes; anything else is not known.
void ScriptPath::Printf(Command& command) {
  const auto& words = command.words;
  std::size_t begin = 1;
  std::string variable;
  if (words.size() > 2 && words[1].text == "-v") {
    variable = words[2].text;
    begin = 3;
  }
  if (begin < words.size() && words[begin].text == "--") ++begin;
  EndCommand(Answer::Yes, 0);
  if (begin >= words.size()) return;
  const Word& format = words[begin];
  Word text = WordAt("", format.span);
  std::size_t argument = begin + 1;
  bool used = false;
  do {
    used = false;
    for (std::size_t at = 0; at < format.text.size(); ++at) {
      const char c = format.text[at];
      const char next = at + 1 < format.text.size() ? format.text[at + 1] : '\0';
      if (c == '\\') {
        ++at;
        AppendText(text, next == 'n'   ? std::string_view("\n", 1)
                         : next == 't' ? std::string_view("\t", 1)
                         : next == '0'
                             ? std::string_view("\0", 1)
                             : std::string_view(&format.text[at], at < format.text.size()));
      } else if (c == '%' && next == '%') {
        ++at;
        AppendText(text, "%");
      } else if (c == '%' && (next == 's' || next == 'd' || next == 'q' || next == 'b')) {
        ++at;
        used = true;
        if (argument < words.size()) AppendWord(text, words[argument++]);
      } else if (c == '%') {
        text = Hole("printf", format.span);
        argument = words.size();
        at = format.text.size();
      } else {
        AppendText(text, std::string_view(&c, 1));
      }
    }
  } while (used && argument < words.size() && CheckSize(text));
  if (variable.empty()) {
    Print(std::move(text));
  } else {
    SetText(variable, std::move(text));
  }
}

void ScriptPath::SetOptions(Command& command) {
  const auto& words = command.words;
  EndCommand(Answer::Yes, 0);
  std::size_t at = 1;
  for (; at < words.size(); ++at) {
    const std::string& text = words[at].text;
    if (words[at].StartsUnknown()) {
      Doubt(words[at], "which options this sets is not known");
      return;
    }
    if (text == "--" || text == "-") {
      ++at;
      state_.positional.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
      return;
    }
    if (text.size() < 2 || (text[0] != '-' && text[0] != '+')) break;
    const bool on = text[0] == '-';
    for (const char c : text.substr(1)) {
      if (c == 'e') state_.errexit = on;
      if (c == 'u') state_.nounset = on;
      if (c == 'a') state_.allexport = on;
      if (c == 'f') state_.noglob = on;
      if (c == 'n' && on) flow_ = Flow::Ended;
      if (c != 'o' || at + 1 >= words.size()) continue;
      const std::string& name = words[++at].text;
      if (name == "errexit") state_.errexit = on;
      if (name == "nounset") state_.nounset = on;
      if (name == "pipefail") state_.pipefail = on;
      if (name == "allexport") state_.allexport = on;
      if (name == "noglob") state_.noglob = on;
    }
  }
  if (at < words.size()) {
    state_.positional.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
  }
}

void ScriptPath::Shift(Command& command) {
  const std::size_t count = CountOf(command.words);
  if (count > state_.positional.size()) {
    EndCommand(Answer::No, 1);
    if (dialect_ == Dialect::Dash) flow_ = Flow::Ended;
    return;
  }
  state_.positional.erase(state_.positional.begin(),
                          state_.positional.begin() + static_cast<std::ptrdiff_t>(count));
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::Exit(Command& command) {
  if (command.words.size() > 1) {
    const std::string& text = command.words[1].text;
    EndCommand(!command.words[1].Known() ? Answer::Unknown
               : text == "0"             ? Answer::Yes
                                         : Answer::No);
  }
  flow_ = Flow::Ended;
}

void ScriptPath::Return(Command& command) {
  Exit(command);
  flow_ = Flow::Return;
}

void ScriptPath::Break(Command& command) {
  loops_ = static_cast<int>(std::min<std::size_t>(CountOf(command.words), 20));
  flow_ = Flow::Break;
}

void ScriptPath::Continue(Command& command) {
  loops_ = static_cast<int>(std::min<std::size_t>(CountOf(command.words), 20));
  flow_ = Flow::Continue;
}

void ScriptPath::SourceFile(Command& command) {
  if (command.words.size() < 2) return EndCommand(Answer::No, 2);
  const Word path = command.words[1];
  const bool written = written_.contains(CleanAbsolute(path));
  std::string tree_path;
  std::shared_ptr<ShellScript> script;
  if (written && written_[CleanAbsolute(path)].known) {
    script = std::make_shared<ShellScript>(ParseShell(written_[CleanAbsolute(path)].text));
  } else if (auto text = ReadTree(path, tree_path); text && context_.workspace != nullptr) {
    script = std::make_shared<ShellScript>(ParseShell(SourceOf(tree_path, std::move(*text))));
  }
  if (script == nullptr) {
    if (path.Known() && FileTest('e', path) == Answer::No) return EndCommand(Answer::No, 1);
    Doubt(path, fmt::format("it reads {}, which is not in the tree", path.text));
    return EndCommand(Answer::Unknown);
  }
  const ShellVariable outer_source = state_.variables["BASH_SOURCE"];
  state_.variables["BASH_SOURCE"].items = {path};
  const std::vector<Word> outer = state_.positional;
  const bool given = command.words.size() > 2;
  if (given) state_.positional.assign(command.words.begin() + 2, command.words.end());
  scripts_.push_back(script);
  ++depth_;
  EndCommand(Answer::Yes, 0);
  if (Step(path.span)) RunSequence(script->body);
  --depth_;
  if (given) state_.positional = outer;
  state_.variables["BASH_SOURCE"] = outer_source;
  if (flow_ == Flow::Return) flow_ = Flow::On;
}

void ScriptPath::Eval(Command& command) {
  Word text = WordAt("", command.words.front().span);
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    if (at > 1) AppendText(text, " ");
    AppendWord(text, command.words[at]);
  }
  if (command.words.size() == 2) text.span = command.words[1].span;
  EndCommand(Answer::Yes, 0);
  RunText(text);
}

void ScriptPath::Exec(Command& command) {
  std::size_t at = 1;
  for (; at < command.words.size() && IsOption(command.words[at]); ++at) {
    const std::string& option = command.words[at].text;
    if (option == "--") {
      ++at;
      break;
    }
    if (option == "-a") ++at;
    if (option.find('c') != std::string::npos && option != "-a") {
      command.environment.insert(command.environment.begin(),
                                 {EnvKind::Reset, command.words[at], {}, {}, {}});
    }
  }
  if (at >= command.words.size()) return EndCommand(Answer::Yes, 0);  // redirections only
  command.words.erase(command.words.begin(),
                      command.words.begin() + static_cast<std::ptrdiff_t>(at));
  command.exec = true;
  RunCommand(command);
  const bool missing = status_ == Answer::No;
  if (!missing || !state_.execfail) flow_ = Flow::Ended;
}

}  // namespace sandlint
