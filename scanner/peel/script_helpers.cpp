// Programs that a wrapper script uses and that are no server: those whose output or effect counts
// are followed, the rest is known to start nothing else.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/script_words.h"

namespace sandlint {
const std::vector<ScriptPath::BuiltinRow>& ScriptPath::Helpers() {
  using P = ScriptPath;
  static const std::vector<BuiltinRow> kRows = [] {
    std::vector<BuiltinRow> rows = {{"basename", &P::Basename},    {"cat", &P::Cat},
                                    {"chmod", &P::Chmod},          {"curl", &P::Download},
                                    {"chown", &P::ChangeOwner},    {"chgrp", &P::ChangeOwner},
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
    for (const char* name :
         {"apt-get",     "arch",        "awk",           "base64",    "brew",        "clear",
          "cmp",         "column",      "comm",          "cut",       "date",        "df",
          "diff",        "du",          "egrep",         "expr",      "fgrep",       "file",
          "fold",        "fuser",       "getconf",       "getent",    "git",         "gpg",
          "grep",        "groups",      "head",          "hostname",  "iptables",    "ip6tables",
          "ip",          "jq",          "ldconfig",      "ldd",       "logger",      "ls",
          "lsof",        "md5sum",      "mkfifo",        "nft",       "notify-send", "nproc",
          "openssl",     "pgrep",       "pip",           "pip3",      "pkill",       "printenv",
          "ps",          "sed",         "seq",           "sha256sum", "sha1sum",     "sleep",
          "sort",        "stat",        "stty",          "sync",      "sysctl",      "systemctl",
          "tail",        "tee",         "tput",          "tty",       "uname",       "uniq",
          "uuidgen",     "wc",          "xxd",           "yq",        "killall",     "mountpoint",
          "lsb_release", "nc",          "pidof",         "shasum",    "rev",         "tac",
          "paste",       "od",          "hexdump",       "nl",        "dmesg",       "free",
          "uptime",      "sw_vers",     "security",      "defaults",  "osascript",   "pass",
          "op",          "secret-tool", "aa-exec-check", "modprobe",  "loginctl",    "dconf",
          "gsettings",   "find",        "unshare-check"}) {
      rows.push_back({name, &P::Helper});
    }
    return rows;
  }();
  return kRows;
}

/// What they print, or write, tells nothing of what stands in the files that they name.
constexpr auto kTellsNoContent = std::to_array<std::string_view>(
    {"apt-get",     "arch",        "brew",       "clear",     "df",         "du",
     "expr",        "file",        "find",       "free",      "fuser",      "getconf",
     "getent",      "groups",      "hostname",   "ip",        "ip6tables",  "iptables",
     "killall",     "ldconfig",    "ldd",        "loginctl",  "ls",         "lsof",
     "md5sum",      "lsb_release", "mkfifo",     "modprobe",  "mountpoint", "nft",
     "nproc",       "osascript",   "pgrep",      "pidof",     "pip",        "pip3",
     "pkill",       "printenv",    "ps",         "seq",       "sha1sum",    "sha256sum",
     "shasum",      "sleep",       "stat",       "stty",      "sw_vers",    "sync",
     "sysctl",      "systemctl",   "tput",       "tty",       "uname",      "uptime",
     "uuidgen",     "wc",          "dmesg",      "gsettings", "op",         "pass",
     "secret-tool", "security",    "notify-send"});

/// Of git only these print files that are named to them.
constexpr auto kGitPrints =
    std::to_array<std::string_view>({"cat-file", "config", "diff", "log", "show"});

/// A git that leaves the files of the tree alone.
bool OnlyReads(const std::vector<Word>& operands) {
  constexpr auto kReads = std::to_array<std::string_view>(
      {"branch", "cat-file", "config", "describe", "diff", "log", "ls-files", "ls-remote",
       "ls-tree", "merge-base", "remote", "rev-list", "rev-parse", "show", "status", "symbolic-ref",
       "tag", "version", "fetch"});
  return std::ranges::any_of(operands, [&](const Word& operand) {
    return std::ranges::find(kReads, operand.text) != kReads.end();
  });
}

bool TellsContent(const std::string& tool, const std::vector<Word>& words) {
  if (tool != "git") {
    return std::ranges::find(kTellsNoContent, tool) == std::end(kTellsNoContent);
  }
  return std::ranges::any_of(words, [](const Word& word) {
    return std::ranges::find(kGitPrints, word.text) != std::end(kGitPrints);
  });
}

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
  const auto& words = command.words;
  const std::string tool = ToolName(words.front());
  if (tool == "find") {
    for (const Word& word : words) {
      if (word.text.starts_with("-exec") || word.text.starts_with("-ok")) {
        LaunchUnknown(word, "what it starts for each file is not followed");
      }
      const bool writes =
          word.text == "-delete" || word.text.starts_with("-fprint") || word.text == "-fls";
      if (writes) MayRewrite(Hole("$(pwd)", word.span));
    }
  }
  if (tool == "sed" && HasOption(words, 'i', "in-place")) ChangesFiles(command);
  const bool keeps = WritesFiles(command, tool) || captures_output_;
  if (keeps && TellsContent(tool, words)) {
    ReadsOperands(command);
    ReadsInput(0, words.front());
    // It reads the files that another file names.
    const auto list = std::ranges::find_if(
        words, [](const Word& word) { return word.text.starts_with("--files0-f"); });
    if (list != words.end()) Reads(Hole("the files of " + list->text, list->span), *list);
  }
  EndCommand(Answer::Unknown);
}

/// Helpers that write what they compute into a file: does this one?
bool ScriptPath::WritesFiles(Command& command, const std::string& tool) {
  const std::vector<Word> operands = OperandsOf(command.words);
  const Word any = Hole("$(pwd)", command.words.front().span);
  const bool tee = tool == "tee" && !operands.empty();
  if (tee) {
    for (const Word& operand : operands) MayRewrite(operand);
  }
  const bool second = (tool == "uniq" || tool == "xxd") && operands.size() > 1;
  if (second) MayRewrite(operands[1]);
  const bool output = HasOption(command.words, 'o', "output") || HasOption(command.words, 0, "out");
  const bool outputs = std::ranges::any_of(
      command.words, [](const Word& word) { return word.text.starts_with("--output"); });
  const bool writes = (tool == "sort" || tool == "gpg") && (output || outputs);
  const bool in_place = (tool == "yq" && HasOption(command.words, 'i', "inplace")) ||
                        (tool == "file" && HasOption(command.words, 'C', "compile"));
  const bool any_file = writes || in_place || tool == "openssl" || (tool == "git" && outputs);
  if (any_file) MayRewrite(any);
  if (tool == "git" && !operands.empty() && !OnlyReads(operands)) MayRewrite(any);
  return tee || second || any_file;
}

}  // namespace sandlint
