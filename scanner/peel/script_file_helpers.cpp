// Helpers that make and remove files: mktemp, mkdir, chmod, rm, touch.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/script_words.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxOpened = 400;

std::optional<std::uint32_t> OctalOf(std::string_view text) {
  std::uint32_t mode = 0;
  if (text.empty() || text.size() > 5) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  }
  return mode & 07777U;
}

/// `go-rwx`, `u=rwx,go=`: only whether others gain something counts.
std::uint32_t SymbolicMode(std::string_view text, std::uint32_t mode) {
  while (!text.empty()) {
    const std::string_view clause = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), clause.size() + 1));
    const std::size_t sign = clause.find_first_of("+-=");
    if (sign == std::string_view::npos) continue;
    std::uint32_t who = 0;
    for (const char c : clause.substr(0, sign)) {
      who |= c == 'u' ? 0700U : c == 'g' ? 0070U : c == 'o' ? 0007U : 0777U;
    }
    if (sign == 0) who = 0777U;
    std::uint32_t bits = 0;
    for (const char c : clause.substr(sign + 1)) {
      bits |= c == 'r' ? 0444U : c == 'w' ? 0222U : c == 'x' || c == 'X' ? 0111U : 0U;
    }
    if (clause[sign] == '+') mode |= bits & who;
    if (clause[sign] == '-') mode &= ~(bits & who);
    if (clause[sign] == '=') mode = (mode & ~who) | (bits & who);
  }
  return mode;
}

/// Can this mode give others more than they had?
bool OpensMode(const Word& mode) {
  if (!mode.Known()) return true;
  if (const auto octal = OctalOf(mode.text)) return (*octal & 07077U) != 0;
  return mode.text.find('s') != std::string::npos || (SymbolicMode(mode.text, 0) & 0077U) != 0;
}

}  // namespace

void ScriptPath::Mktemp(Command& command) {
  std::string directory = "/tmp";
  Word pattern = WordAt("tmp.XXXXXXXXXX", command.words.front().span);
  bool given = false;
  bool under = false;
  const auto& words = command.words;
  const bool folder = HasOption(words, 'd', "directory");
  Word base = WordAt(directory, pattern.span);
  if (const ShellVariable* tmpdir = Find("TMPDIR");
      tmpdir != nullptr && !tmpdir->items.empty() && !tmpdir->items[0].text.empty()) {
    base = tmpdir->items[0];
  }
  for (std::size_t at = 1; at < words.size(); ++at) {
    const std::string& text = words[at].text;
    if (text.starts_with("--tmpdir=")) {
      base = Part(words[at], 9);
      under = true;
    } else if ((text == "-p" || text == "-dp") && at + 1 < words.size()) {
      base = words[++at];
      under = true;
    } else if (text == "-t" || text == "-td" || text == "-dt" || text == "--tmpdir") {
      under = true;
    } else if (!IsOption(words[at])) {
      pattern = words[at];
      given = true;
    }
  }
  Word path;
  const bool absolute = given && !under;
  if (absolute) {
    path = Absolute(pattern);
  } else {
    path = base;
    AppendText(path, "/");
    AppendWord(path, pattern);
  }
  path.span = command.node->span;
  // GNU mktemp wants three X in a row; that of BSD takes any text behind -t.
  const std::size_t end = pattern.text.find_last_of('X') == std::string::npos
                              ? std::string::npos
                              : path.text.find_last_of('X');
  std::size_t begin = end == std::string::npos ? path.text.size() : end;
  while (begin > 0 && path.text[begin - 1] == 'X') --begin;
  const bool few = end == std::string::npos || end - begin < 2;
  if (few || HasOption(words, 'u', "dry-run")) {
    output_.known = false;
    if (few && !under) output_ = {true, WordAt("", path.span), 0, std::nullopt, {}};
    return EndCommand(few && !under ? Answer::No : Answer::Unknown);
  }
  if (!temps_.empty() && end != std::string::npos) {
    path.text[end] = static_cast<char>('0' + temps_.size() % 10);
  }
  path.holes.push_back({static_cast<std::uint32_t>(begin),
                        static_cast<std::uint32_t>(std::min(end, path.text.size() - 1) + 1),
                        std::string(command.node->span.Text().substr(0, 60)), true});
  if (folder) {
    TempDirectory temp;
    temp.path = path;
    temp.made_by = WordAt(std::string(command.node->span.Text()), command.node->span);
    temps_.push_back(std::move(temp));
    made_.push_back({path, true, 0700});
  } else {
    written_[CleanAbsolute(path)] = {true, WordAt("", path.span), 0, std::nullopt, {}};
    made_.push_back({path, false, 0600});
  }
  AppendText(path, "\n");
  Print(std::move(path));
  EndCommand(Answer::Unknown);
}

void ScriptPath::Mkdir(Command& command) {
  std::uint32_t mode = 0755;
  bool value = false;
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const Word& word = command.words[at];
    if (value) {
      mode = OctalOf(word.text).value_or(mode);
      value = false;
    } else if (word.text == "-m" || word.text == "-pm") {
      value = true;
    } else if (word.text.starts_with("-m") || word.text.starts_with("--mode=")) {
      mode = OctalOf(word.text.substr(word.text.starts_with("--") ? 7 : 2)).value_or(mode);
    } else if (!IsOption(word)) {
      made_.push_back({WordAt(CleanAbsolute(word), word.span), true, mode});
      made_.back().path.holes = Absolute(word).holes;
    }
  }
  EndCommand(Answer::Unknown);
}

/// What others may do with it from now on is not known; what is below it may be reached as well.
void ScriptPath::OpensToOthers(const Command& command, const Word& path) {
  Word whole = Absolute(path);
  if (whole.Certain()) whole.text = CleanAbsolute(path);
  const bool known = std::ranges::any_of(read_, [&](const HandedFile& other) {
    return other.certain == Answer::No && other.path.text == whole.text;
  });
  if (known) return;
  const Word& by = command.words.front();
  if (read_.size() >= kMaxOpened) return Doubt(by, "it changes too many files", Facet::Paths);
  read_.push_back({whole, by, -1, false, false, Answer::No});
  read_.push_back({std::move(whole), by, -1, false, true, Answer::No});
}

void ScriptPath::ChangeOwner(Command& command) {
  EndCommand(Answer::Unknown);
  const std::vector<Word> operands = OperandsOf(command.words);
  const bool by_file = HasOption(command.words, 0, "reference") ||
                       std::ranges::any_of(command.words, [](const Word& word) {
                         return word.text.starts_with("--reference=");
                       });
  for (std::size_t at = by_file ? 0 : 1; at < operands.size(); ++at) {
    OpensToOthers(command, operands[at]);
  }
}

void ScriptPath::Chmod(Command& command) {
  const std::vector<Word> operands = OperandsOf(command.words);
  EndCommand(Answer::Unknown);
  std::size_t first = 1;
  Word mode_word = operands.empty() ? Word{} : operands.front();
  if (command.words.size() > 1 && IsOption(command.words[1]) &&
      command.words[1].text.find_first_of("rwx") != std::string::npos &&
      command.words[1].text[1] != 'R') {
    mode_word = command.words[1];  // `chmod -w x`
    first = 0;
  }
  const bool by_file = std::ranges::any_of(
      command.words, [](const Word& word) { return word.text.starts_with("--ref"); });
  if (by_file) first = 0;
  for (std::size_t at = first; at < operands.size(); ++at) {
    if (by_file || OpensMode(mode_word)) OpensToOthers(command, operands[at]);
    ModeOfTemp(operands[at], mode_word);
  }
}

void ScriptPath::ModeOfTemp(const Word& path, const Word& mode_word) {
  for (TempDirectory& temp : temps_) {
    if (temp.path.text != CleanAbsolute(path)) continue;
    const auto octal = OctalOf(mode_word.text);
    temp.mode = octal ? *octal : SymbolicMode(mode_word.text, temp.mode);
    temp.mode_by = mode_word;
    for (MadePath& made : made_) {
      if (made.path.text == temp.path.text) made.mode = temp.mode;
    }
  }
}

void ScriptPath::Remove(Command& command) {
  const bool recursive = HasOption(command.words, 'r', "recursive") ||
                         HasOption(command.words, 'R', "recursive") ||
                         command.words.front().text == "rmdir";
  for (const Word& operand : OperandsOf(command.words)) {
    const std::string path = CleanAbsolute(operand);
    MayRewrite(operand);
    for (TempDirectory& temp : temps_) {
      if (temp.path.text != path || !recursive || launches_.empty()) continue;
      temp.removal = in_exit_trap_ ? Removal::Trap : std::max(temp.removal, Removal::AfterCommand);
      temp.removed_by = WordAt(std::string(command.node->span.Text()), command.node->span);
    }
    if (launches_.empty()) {
      std::erase_if(made_, [&](const MadePath& made) { return made.path.text == path; });
      std::erase_if(temps_, [&](const TempDirectory& temp) { return temp.path.text == path; });
    }
  }
  EndCommand(Answer::Unknown);
}

void ScriptPath::Touch(Command& command) {
  for (const Word& operand : OperandsOf(command.words)) {
    made_.push_back({WordAt(CleanAbsolute(operand), operand.span), false, 0644});
  }
  EndCommand(Answer::Unknown);
}

}  // namespace sandlint
