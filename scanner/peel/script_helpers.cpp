// Programs that a wrapper script uses and that are no server: those whose output or effect counts
// are followed, the rest is known to start nothing else.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

bool IsOption(const Word& word) { return word.text.size() > 1 && word.text[0] == '-'; }

/// The words that are no option.
std::vector<Word> OperandsOf(const std::vector<Word>& words) {
  std::vector<Word> operands;
  bool dashes = false;
  for (std::size_t at = 1; at < words.size(); ++at) {
    if (!dashes && words[at].text == "--") {
      dashes = true;
    } else if (dashes || !IsOption(words[at])) {
      operands.push_back(words[at]);
    }
  }
  return operands;
}

bool HasOption(const std::vector<Word>& words, char letter, std::string_view name) {
  return std::ranges::any_of(words, [&](const Word& word) {
    if (word.text.starts_with("--")) return std::string_view(word.text).substr(2) == name;
    return IsOption(word) && word.text.find(letter, 1) != std::string::npos;
  });
}

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

}  // namespace

const std::vector<ScriptPath::BuiltinRow>& ScriptPath::Helpers() {
  using P = ScriptPath;
  static const std::vector<BuiltinRow> kRows = [] {
    std::vector<BuiltinRow> rows = {{"basename", &P::Basename},    {"cat", &P::Cat},
                                    {"chmod", &P::Chmod},          {"curl", &P::Download},
                                    {"dirname", &P::Dirname},      {"id", &P::Id},
                                    {"install", &P::ChangesFiles}, {"ln", &P::ChangesFiles},
                                    {"mkdir", &P::Mkdir},          {"mktemp", &P::Mktemp},
                                    {"mount", &P::MountCommand},   {"mv", &P::ChangesFiles},
                                    {"cp", &P::ChangesFiles},      {"tar", &P::ChangesFiles},
                                    {"rsync", &P::ChangesFiles},   {"readlink", &P::Readlink},
                                    {"realpath", &P::Readlink},    {"rm", &P::Remove},
                                    {"rmdir", &P::Remove},         {"touch", &P::Touch},
                                    {"tr", &P::Translate},         {"umount", &P::Umount},
                                    {"wget", &P::Download},        {"whoami", &P::Id},
                                    {"xargs", &P::Xargs},          {"parallel", &P::Xargs},
                                    {"greadlink", &P::Readlink},   {"grealpath", &P::Readlink}};
    for (const char* name : {"apt-get",  "arch",         "awk",         "base64",
                             "brew",     "chown",        "chgrp",       "clear",
                             "cmp",      "column",       "comm",        "cut",
                             "date",     "df",           "diff",        "du",
                             "egrep",    "expr",         "fgrep",       "file",
                             "fold",     "fuser",        "getconf",     "getent",
                             "git",      "gpg",          "grep",        "groups",
                             "head",     "hostname",     "iptables",    "ip6tables",
                             "ip",       "jq",           "ldconfig",    "ldd",
                             "logger",   "ls",           "lsof",        "mapfile",
                             "md5sum",   "mkfifo",       "nft",         "notify-send",
                             "nproc",    "openssl",      "pgrep",       "pip",
                             "pip3",     "pkill",        "printenv",    "ps",
                             "sed",      "seq",          "sha256sum",   "sha1sum",
                             "sleep",    "sort",         "stat",        "stty",
                             "sync",     "sysctl",       "systemctl",   "tail",
                             "tee",      "tput",         "tty",         "uname",
                             "uniq",     "uuidgen",      "wc",          "xxd",
                             "yq",       "killall",      "mountpoint",  "lsb_release",
                             "nc",       "pidof",        "shasum",      "rev",
                             "tac",      "paste",        "od",          "hexdump",
                             "nl",       "dmesg",        "free",        "uptime",
                             "sw_vers",  "security",     "defaults",    "osascript",
                             "pass",     "op",           "secret-tool", "aa-exec-check",
                             "modprobe", "loginctl",     "dconf",       "gsettings",
                             "find",     "unshare-check"}) {
      rows.push_back({name, &P::Helper});
    }
    return rows;
  }();
  return kRows;
}

/// What they print is what stands in the files that they name.
constexpr auto kPrintsFiles = std::to_array<std::string_view>(
    {"awk", "base64", "column", "comm",    "cut",  "diff", "egrep", "fgrep",   "fold",
     "gpg", "grep",   "head",   "hexdump", "jq",   "nl",   "od",    "openssl", "paste",
     "rev", "sed",    "sort",   "tac",     "tail", "uniq", "xxd",   "yq"});

void ScriptPath::ReadsOperands(const Command& command) {
  const Word& by = command.words.front();
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const Word& word = command.words[at];
    const std::size_t equals = word.text.find('=');
    if (equals != std::string::npos) Reads(Part(word, equals + 1), by);
    const std::size_t slash = word.text.find('/');
    if (!IsOption(word)) {
      Reads(word, by);
    } else if (slash != std::string::npos) {
      Reads(Part(word, slash), by);  // `-f/path`
    }
  }
}

void ScriptPath::Helper(Command& command) {
  output_.known = false;
  if (captures_output_ &&
      std::ranges::find(kPrintsFiles, ToolName(command.words.front())) != std::end(kPrintsFiles)) {
    ReadsOperands(command);
    ReadsInput(0, command.words.front());
  }
  const std::string& tool = command.words.front().text;
  if (tool == "find" || tool == "git") {
    for (const Word& word : command.words) {
      if (word.text.starts_with("-exec") || word.text.starts_with("-ok")) {
        LaunchUnknown(word, "what it starts for each file is not followed");
      }
    }
  }
  if (tool == "sed" && HasOption(command.words, 'i', "in-place")) ChangesFiles(command);
  EndCommand(Answer::Unknown);
}

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
    if (pattern.text.find("XXX") == std::string::npos) AppendText(path, ".XXXXXXXXXX");
  }
  path.span = command.node->span;
  const std::size_t end = path.text.find_last_of('X');
  std::size_t begin = end == std::string::npos ? path.text.size() : end;
  while (begin > 0 && path.text[begin - 1] == 'X') --begin;
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
  for (std::size_t at = first; at < operands.size(); ++at) {
    for (TempDirectory& temp : temps_) {
      if (temp.path.text != CleanAbsolute(operands[at])) continue;
      const auto octal = OctalOf(mode_word.text);
      temp.mode = octal ? *octal : SymbolicMode(mode_word.text, temp.mode);
      temp.mode_by = mode_word;
      for (MadePath& made : made_) {
        if (made.path.text == temp.path.text) made.mode = temp.mode;
      }
    }
  }
}

void ScriptPath::Remove(Command& command) {
  const bool recursive = HasOption(command.words, 'r', "recursive") ||
                         HasOption(command.words, 'R', "recursive") ||
                         command.words.front().text == "rmdir";
  for (const Word& operand : OperandsOf(command.words)) {
    const std::string path = CleanAbsolute(operand);
    written_.erase(path);
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

void ScriptPath::Cat(Command& command) {
  EndCommand(Answer::Yes, 0);
  const std::vector<Word> operands = OperandsOf(command.words);
  if (operands.empty()) {
    const auto input = state_.descriptors.find(0);
    if (input != state_.descriptors.end() && captures_output_) {
      ReadsInput(0, command.words.front());
      output_.files = input->second.files;
    }
    if (input == state_.descriptors.end() || !input->second.known) {
      output_.known = false;
      EndCommand(Answer::Unknown);
      return;
    }
    Print(Part(input->second.text, input->second.at));
    input->second.at = input->second.text.text.size();
    return;
  }
  for (const Word& operand : operands) {
    const ShellData data = operand.text == "-" && state_.descriptors.contains(0)
                               ? state_.descriptors[0]
                               : ReadFile(operand);
    if (operand.text != "-" && captures_output_) {
      Reads(operand, command.words.front());
      output_.files.push_back(
          {Absolute(operand), command.words.front(), -1, false, false, Answer::Yes});
    }
    if (!data.known) {
      output_.known = false;
      EndCommand(Answer::Unknown);
      continue;
    }
    Print(data.text);
  }
}

void ScriptPath::Dirname(Command& command) {
  const std::vector<Word> operands = OperandsOf(command.words);
  EndCommand(Answer::Yes, 0);
  for (const Word& operand : operands) {
    std::size_t end = operand.text.size();
    while (end > 1 && operand.text[end - 1] == '/') --end;
    const std::size_t slash = operand.text.rfind('/', end - 1);
    Word parent;
    if (slash == std::string::npos || end == 0) {
      parent = operand.Known() ? WordAt(".", operand.span) : Hole("dirname", operand.span);
    } else {
      std::size_t stop = slash;
      while (stop > 0 && operand.text[stop - 1] == '/') --stop;
      parent = Part(operand, 0, std::max<std::size_t>(stop, 1));
      const bool cut = std::ranges::any_of(
          operand.holes, [&](const auto& hole) { return !hole.assumed && hole.end > slash; });
      if (cut) parent = Hole("dirname", operand.span);
    }
    AppendText(parent, "\n");
    Print(std::move(parent));
  }
}

void ScriptPath::Basename(Command& command) {
  const std::vector<Word> operands = OperandsOf(command.words);
  EndCommand(Answer::Yes, 0);
  if (operands.empty()) return;
  const std::size_t slash = operands[0].text.rfind('/');
  Word name = slash == std::string::npos ? operands[0] : Part(operands[0], slash + 1);
  if (operands.size() > 1 && name.Known() && name.text.ends_with(operands[1].text) &&
      name.text.size() > operands[1].text.size()) {
    name = Part(name, 0, name.text.size() - operands[1].text.size());
  }
  AppendText(name, "\n");
  Print(std::move(name));
}

/// `readlink -f`, `realpath`: links in the tree are not followed.
void ScriptPath::Readlink(Command& command) {
  const std::vector<Word> operands = OperandsOf(command.words);
  const bool resolves = command.words.front().text.find("realpath") != std::string::npos ||
                        HasOption(command.words, 'f', "canonicalize") ||
                        HasOption(command.words, 'e', "canonicalize-existing") ||
                        HasOption(command.words, 'm', "canonicalize-missing");
  EndCommand(Answer::Yes, 0);
  if (operands.empty() || !resolves) {
    output_.known = false;
    EndCommand(Answer::Unknown);
    return;
  }
  for (const Word& operand : operands) {
    Word path = Absolute(operand);
    if (path.Certain()) path.text = CleanAbsolute(operand);
    AppendText(path, "\n");
    Print(std::move(path));
  }
}

/// `tr '\n' '\0'` and other pairs of single characters; `tr -d x`.
void ScriptPath::Translate(Command& command) {
  const auto input = state_.descriptors.find(0);
  EndCommand(Answer::Yes, 0);
  const auto one = [](const std::string& text) -> std::optional<char> {
    if (text == "\\n") return '\n';
    if (text == "\\0" || text == "\\000") return '\0';
    if (text == "\\t") return '\t';
    if (text.size() == 1) return text[0];
    return std::nullopt;
  };
  const auto& words = command.words;
  const bool deletes = words.size() == 3 && words[1].text == "-d";
  const auto from = words.size() == 3 ? one(words[deletes ? 2 : 1].text) : std::nullopt;
  const auto to = words.size() == 3 && !deletes ? one(words[2].text) : std::nullopt;
  if (input == state_.descriptors.end() || !input->second.known || !from || (!to && !deletes)) {
    output_.known = false;
    return;
  }
  Word text = Part(input->second.text, input->second.at);
  if (deletes) {
    if (!text.holes.empty()) {
      output_.known = false;
      return;
    }
    std::erase(text.text, *from);
  } else {
    std::ranges::replace(text.text, *from, *to);
  }
  Print(std::move(text));
}

void ScriptPath::Id(Command& command) {
  EndCommand(Answer::Yes, 0);
  const HostFacts* host = context_.host;
  const bool name = command.words.front().text == "whoami" || HasOption(command.words, 'n', "name");
  const bool user = command.words.front().text == "whoami" || HasOption(command.words, 'u', "user");
  if (host == nullptr || host->Symbolic() || !user || OperandsOf(command.words).size() > 0) {
    Word hole = Hole(std::string(command.node->span.Text()), command.node->span);
    AppendText(hole, "\n");
    Print(std::move(hole));
    return;
  }
  const HostUser caller = host->Caller();
  Print(WordAt((name ? caller.name : std::to_string(caller.uid)) + "\n", command.node->span));
}

}  // namespace sandlint
