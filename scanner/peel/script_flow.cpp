// Builtins that decide what runs next: exit, return, break, source, eval, exec, set, shift, trap.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "scanner/peel/options.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/script_words.h"

namespace sandlint {
namespace {

std::optional<unsigned> CountIn(const Word& word) {
  const std::string& text = word.text;
  const bool digits = !text.empty() && text.size() < 9 && word.Known() &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) return std::nullopt;
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The count of `shift`, `break`, `continue`: 1 where there is none.
std::optional<unsigned> CountOf(const std::vector<Word>& words) {
  const std::size_t at = words.size() > 1 && words[1].text == "--" ? 2 : 1;
  if (at >= words.size()) return 1;
  return CountIn(words[at]);
}

struct SetOption {
  char letter;
  std::string_view name;
  bool modelled;  ///< or without effect on what is run
};
constexpr auto kSetOptions = std::to_array<SetOption>({
    {'a', "allexport", true},
    {'b', "notify", true},
    {'C', "noclobber", true},
    {'e', "errexit", true},
    {'E', "errtrace", true},
    {'f', "noglob", true},
    {'h', "hashall", true},
    {'H', "histexpand", true},
    {'m', "monitor", true},
    {'T', "functrace", true},
    {'u', "nounset", true},
    {'v', "verbose", true},
    {'x', "xtrace", true},
    {0, "emacs", true},
    {0, "history", true},
    {0, "ignoreeof", true},
    {0, "interactive-comments", true},
    {0, "nolog", true},
    {0, "pipefail", true},
    {0, "vi", true},
});

/// INT for `INT`, `int`, `SIGINT`; EXIT for 0.
std::string SignalOf(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (name.starts_with("SIG")) name.erase(0, 3);
  return name == "0" ? "EXIT" : name;
}

}  // namespace

void ScriptPath::SetOptions(Command& command) {
  const auto& words = command.words;
  EndCommand(Answer::Yes, 0);
  std::size_t at = 1;
  for (; at < words.size(); ++at) {
    const std::string& text = words[at].text;
    if (words[at].StartsUnknown()) return Doubt(words[at], "which options this sets is not known");
    if (text == "--" || text == "-") {
      ++at;
      return SetArguments(words, at);
    }
    if (text.size() < 2 || (text[0] != '-' && text[0] != '+')) break;
    const bool on = text[0] == '-';
    for (const char c : text.substr(1)) {
      if (c != 'o') {
        SetOption(words[at], c, {}, on);
      } else if (at + 1 < words.size()) {
        ++at;
        SetOption(words[at], 0, words[at].text, on);
      }
    }
  }
  if (at < words.size()) SetArguments(words, at);
}

void ScriptPath::SetArguments(const Fields& words, std::size_t from) {
  state_.positional.assign(words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
  sets_arguments_ = true;
}

void ScriptPath::SetOption(const Word& word, char letter, std::string_view name, bool on) {
  const auto row = std::ranges::find_if(kSetOptions, [&](const auto& option) {
    return letter != 0 ? option.letter == letter : option.name == name;
  });
  const bool braces = letter == 'B' || name == "braceexpand";
  if (row == kSetOptions.end()) {
    if (!braces || !on) Doubt(word, fmt::format("set {} is not followed", word.text));
    return;
  }
  if (row->name == "errexit") state_.errexit = on;
  if (row->name == "nounset") state_.nounset = on;
  if (row->name == "pipefail") state_.pipefail = on;
  if (row->name == "allexport") state_.allexport = on;
  if (row->name == "noglob") state_.noglob = on;
}

void ScriptPath::Shift(Command& command) {
  const auto count = CountOf(command.words);
  const bool unknown_count = std::ranges::any_of(state_.positional, [](const Word& word) {
    return std::ranges::any_of(word.holes, [](const auto& hole) { return hole.splits; });
  });
  if (!count || unknown_count) {
    state_.positional = {Hole("@", command.words.front().span, true)};
    return EndCommand(Answer::Unknown);
  }
  if (*count > state_.positional.size()) {
    EndCommand(Answer::No, 1);
    if (Lacks("shift beyond the end", command.words.front().span)) flow_ = Flow::Ended;
    return;
  }
  state_.positional.erase(state_.positional.begin(),
                          state_.positional.begin() + static_cast<std::ptrdiff_t>(*count));
  EndCommand(Answer::Yes, 0);
}

/// The status is a byte.
void ScriptPath::EndWithStatus(Command& command) {
  if (command.words.size() < 2) return;
  const auto number = CountIn(command.words[1]);
  const bool byte = number && (*number < 256 || dialect_ == Dialect::Bash);
  if (!byte) return EndCommand(Answer::Unknown);
  const int code = static_cast<int>(*number & 255U);
  EndCommand(code == 0 ? Answer::Yes : Answer::No, code);
}

void ScriptPath::Exit(Command& command) {
  EndWithStatus(command);
  flow_ = Flow::Ended;
}

/// Outside of functions bash complains and goes on, dash ends the script.
void ScriptPath::Return(Command& command) {
  EndWithStatus(command);
  flow_ = Flow::Return;
  if (!frames_.empty() || sourced_ > 0) return;
  if (Lacks("going on behind return", command.words.front().span)) {
    flow_ = Flow::Ended;
  } else {
    flow_ = Flow::On;
    EndCommand(Answer::No);
  }
}

/// Outside of loops it does nothing.
void ScriptPath::LeaveLoop(Command& command, Flow flow) {
  const auto count = CountOf(command.words);
  if (!count || *count == 0) {
    LaunchUnknown(command.words.front(), "how many loops it leaves is not known");
  }
  EndCommand(Answer::Yes, 0);
  if (loop_depth_ == 0) {
    if (!frames_.empty() && dialect_ != Dialect::Bash) Unfollowed(command);
    return;
  }
  loops_ =
      static_cast<int>(std::min<unsigned>(count.value_or(1), static_cast<unsigned>(loop_depth_)));
  flow_ = flow;
}

void ScriptPath::Break(Command& command) { LeaveLoop(command, Flow::Break); }
void ScriptPath::Continue(Command& command) { LeaveLoop(command, Flow::Continue); }

void ScriptPath::SourceFile(Command& command) {
  if (command.words.size() < 2) return EndCommand(Answer::No, 2);
  Word path = command.words[1];
  if (!FindSourced(command, path)) return;
  const bool written = written_.contains(CleanAbsolute(path));
  std::string tree_path;
  std::shared_ptr<ShellScript> script;
  if (written && written_[CleanAbsolute(path)].known) {
    script = std::make_shared<ShellScript>(ParseShell(written_[CleanAbsolute(path)].text));
  } else if (auto text = ReadTree(path, tree_path); text && context_.workspace != nullptr) {
    script = std::make_shared<ShellScript>(ParseShell(SourceOf(tree_path, std::move(*text))));
  }
  if (script == nullptr) {
    // Without a slash it is looked up in PATH, and only then in the working directory.
    if (path.Known() && FileTest('e', path) == Answer::No) return EndCommand(Answer::No, 1);
    Doubt(path, fmt::format("it reads {}, which is not in the tree", path.text));
    return EndCommand(Answer::Unknown);
  }
  const ShellVariable outer_source = state_.variables["BASH_SOURCE"];
  state_.variables["BASH_SOURCE"].items = {path};
  // dash does not hand them over; bash takes them back, unless the file sets others.
  const bool given = command.words.size() > 2 && !Lacks("arguments of .", path.span);
  const std::vector<Word> outer = state_.positional;
  const bool outer_sets = std::exchange(sets_arguments_, false);
  if (given) state_.positional.assign(command.words.begin() + 2, command.words.end());
  ++depth_;
  ++sourced_;
  EndCommand(Answer::Yes, 0);
  if (Step(path.span)) RunScript(script);
  --sourced_;
  --depth_;
  if (given && (!sets_arguments_ || !frames_.empty())) state_.positional = outer;
  sets_arguments_ = sets_arguments_ || outer_sets;
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
  if (at >= command.words.size()) {  // redirections only
    keeps_opened_ = command.node;
    return EndCommand(Answer::Yes, 0);
  }
  command.words.erase(command.words.begin(),
                      command.words.begin() + static_cast<std::ptrdiff_t>(at));
  command.exec = true;
  RunCommand(command);
  const bool missing = status_ == Answer::No;
  if (!missing || !state_.execfail) flow_ = Flow::Ended;
}

void ScriptPath::Trap(Command& command) {
  EndCommand(Answer::Yes, 0);
  const auto& words = command.words;
  std::size_t at = 1;
  if (at < words.size() && words[at].text == "--") ++at;
  if (at >= words.size()) return;
  if (IsOption(words[at])) {
    output_.known = false;
    return;
  }
  const Word action = words[at];
  // `trap 2 3`, `trap INT`: back to what they were.
  const bool resets = action.text == "-" || CountIn(action) || at + 1 == words.size();
  RunTraps();
  for (std::size_t index = CountIn(action) || at + 1 == words.size() ? at : at + 1;
       index < words.size(); ++index) {
    if (!words[index].Known()) {
      LaunchUnknown(words[index], "which signal this is for is not known");
      continue;
    }
    const std::string signal = SignalOf(words[index].text);
    if (signal == "EXIT") {
      state_.exit_trap.reset();
      if (!resets && !action.text.empty()) state_.exit_trap = action;
    } else if (resets || action.text.empty()) {
      state_.traps.erase(signal);
    } else {
      state_.traps[signal] = action;
    }
  }
}

}  // namespace sandlint
