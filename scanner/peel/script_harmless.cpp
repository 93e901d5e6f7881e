// Which words make the helpers of a script start other programs: GNU coreutils 9.1, gawk 5.2, tar
// 1.34, git 2.39, sort 9.1, iproute2 6.1, their manuals.

#include "scanner/peel/script_harmless.h"

#include <algorithm>
#include <array>

#include "scanner/peel/code_variables.h"
#include "scanner/peel/name.h"

namespace sandlint {
namespace {

/// `odd` lists what starts something: `--long` (and its abbreviations), `-x` (in a cluster too),
/// `=word` (that very word), `~text` (somewhere in a word), `*` (any use).
struct OddRow {
  std::string_view tool;
  std::string_view odd;
};
constexpr auto kOdd = std::to_array<OddRow>({
    {"apt-get", "-o -c --option --config-file ~/"},
    {"awk", "-f -E -i -l --file --exec --include --load"},
    {"brew", "~/ =services =bundle =sh =test =edit"},
    {"curl", "-K --config"},
    {"date", "-f --file"},
    {"dconf", "=load =write"},
    {"fuser", "=-k"},
    {"git",
     "-c -p -u --paginate --exec-path --config-env --ext-diff --upload-pack --exec "
     "--receive-pack --edit-description --open-files-in-pager ~:: ~!"},
    {"gpg", "--options --homedir ~program ~exec ~viewer ~keyserver"},
    {"install", "-s --strip --strip-program"},
    {"ip", "-b -batch --batch =vrf"},
    {"ip6tables", "-M --modprobe"},
    {"iptables", "-M --modprobe"},
    {"modprobe", "*"},
    {"nc", "-e -c --exec --sh-exec --lua-exec"},
    {"nft", "-i -I --interactive"},
    {"openssl", "~engine ~provider ~config"},
    {"osascript", "*"},
    {"rsync", "-e --rsh --rsync-path ~:"},
    {"security", "=execute-with-privileges =-i"},
    {"sed", "-f --file"},
    {"sort", "--compress-program"},
    {"sysctl", "-w -p --write --load --system ~="},
    {"tar",
     "-I -F --checkpoint-action --use-compress-program --to-command --info-script "
     "--new-volume-script --rsh-command --rmt-command ~:"},
    {"wget", "-e --execute --use-askpass --config --input-file -i"},
});

/// Tools of which only these first operands are known to start nothing.
struct OnlyRow {
  std::string_view tool;
  std::string_view allowed;
};
constexpr auto kOnly = std::to_array<OnlyRow>({
    {"git",
     "branch cat-file checkout clone config describe diff fetch log ls-files ls-remote "
     "ls-tree merge-base pull remote rev-list rev-parse show status symbolic-ref tag "
     "version"},
    {"pass", "show ls list"},
    {"pip", "check config freeze list show"},
    {"pip3", "check config freeze list show"},
    {"systemctl", "cat is-active is-enabled is-failed list-units list-unit-files show status"},
});

std::vector<std::string_view> Split(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (end > 0) words.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

bool IsOdd(std::string_view odd, const std::string& word) {
  if (odd == "*") return true;
  if (odd[0] == '=') return word == odd.substr(1);
  if (odd[0] == '~') return word.find(odd.substr(1)) != std::string::npos;
  if (odd.starts_with("--")) {
    const std::string_view name = std::string_view(word).substr(0, word.find('='));
    return name.size() > 3 && name.starts_with("--") && odd.starts_with(name);
  }
  if (odd.size() > 2) return word == odd;
  return word.size() > 1 && word[0] == '-' && word[1] != '-' &&
         word.find(odd[1], 1) != std::string::npos;
}

/// A program of awk that only prints: no pipes, no files, no functions that run something.
bool IsHarmlessAwk(std::string text) {
  for (std::size_t at = text.find("||"); at != std::string::npos; at = text.find("||")) {
    text.replace(at, 2, "  ");
  }
  for (const std::string_view odd : {"system", "getline", "|", "@", ">"}) {
    if (text.find(odd) != std::string::npos) return false;
  }
  return true;
}

/// The text that awk or sed runs is odd.
const Word* OddProgram(std::string_view tool, const std::vector<Word>& words) {
  const bool awk = tool == "awk";
  bool expression = false;
  for (std::size_t at = 1; at < words.size(); ++at) {
    const std::string& text = words[at].text;
    const bool option = text.size() > 1 && text[0] == '-';
    if (option && awk && (text == "-F" || text == "-v")) ++at;
    if (option && !awk && (text.ends_with("e") || text.starts_with("--expr")) &&
        at + 1 < words.size()) {
      expression = true;
      const bool glued = text.find('=') != std::string::npos;
      const Word& script = glued ? words[at] : words[++at];
      const std::size_t begin = glued ? text.find('=') + 1 : 0;
      if (!script.Known() || !IsHarmlessSed(script.text.substr(begin))) return &script;
    }
    if (option) continue;
    if (expression) return nullptr;
    const bool harmless = awk ? IsHarmlessAwk(text) : IsHarmlessSed(text);
    return words[at].Known() && harmless ? nullptr : &words[at];
  }
  return nullptr;
}

const Word* OddVariable(std::string_view tool, const std::vector<EnvEdit>& environment) {
  const auto odd = std::ranges::find_if(environment, [&](const EnvEdit& edit) {
    if (edit.kind != EnvKind::Set) return false;
    return RunsCodeInPrograms(edit.name.text, edit.value) ||
           (tool == "git" && (edit.name.text.starts_with("GIT_") || edit.name.text == "PAGER") &&
            edit.name.text != "GIT_TERMINAL_PROMPT");
  });
  return odd == environment.end() ? nullptr : &odd->name;
}

const Word* FirstOperand(const std::vector<Word>& words) {
  for (std::size_t at = 1; at < words.size(); ++at) {
    if (words[at].text == "-C") {
      ++at;
    } else if (!words[at].text.starts_with('-')) {
      return &words[at];
    }
  }
  return nullptr;
}

}  // namespace

bool StartsItsOperands(const std::vector<Word>& words) {
  constexpr auto kStarters =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"ip", "exec"}, {"op", "run"}});
  const std::string tool = ToolName(words.front());
  return std::ranges::any_of(kStarters, [&](const auto& starter) {
    return tool == starter.first &&
           std::ranges::find(words, starter.second, &Word::text) != words.end();
  });
}

const Word* StartsAnother(const std::vector<Word>& words, const std::vector<EnvEdit>& environment) {
  const std::string tool = ToolName(words.front());
  if (const Word* variable = OddVariable(tool, environment)) return variable;
  if (tool == "awk" || tool == "sed") {
    if (const Word* program = OddProgram(tool, words)) return program;
  }
  const auto only = std::ranges::find(kOnly, tool, &OnlyRow::tool);
  if (only != kOnly.end()) {
    const Word* operand = FirstOperand(words);
    const auto allowed = Split(only->allowed);
    if (operand != nullptr && std::ranges::find(allowed, operand->text) == allowed.end()) {
      return operand;
    }
  }
  const auto row = std::ranges::find(kOdd, tool, &OddRow::tool);
  if (row == kOdd.end()) return nullptr;
  const auto odd = Split(row->odd);
  for (std::size_t at = 1; at < words.size(); ++at) {
    const bool splits = std::ranges::any_of(
        words[at].holes, [](const Hole& hole) { return hole.splits && hole.begin == 0; });
    const bool starts =
        std::ranges::any_of(odd, [&](std::string_view one) { return IsOdd(one, words[at].text); });
    if (splits || starts) return &words[at];
  }
  return std::ranges::find(odd, "*") == odd.end() ? nullptr : &words.front();
}

namespace {

/// Skips `s/a/b/`'s or an address's text up to an unescaped `end`; false where it is not closed.
bool SkipTo(std::string_view text, std::size_t& at, char end) {
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == end) {
      ++at;
      return true;
    }
  }
  return false;
}

bool SkipAddress(std::string_view text, std::size_t& at) {
  while (at < text.size() &&
         std::string_view(" \t0123456789,$!~+").find(text[at]) != std::string_view::npos) {
    ++at;
  }
  if (at >= text.size() || text[at] != '/') return true;
  ++at;
  return SkipTo(text, at, '/') && SkipAddress(text, at);
}

bool SkipSubstitution(std::string_view text, std::size_t& at, std::string_view flags) {
  if (at >= text.size()) return false;
  const char delimiter = text[at++];
  if (delimiter == '\\' || delimiter == '\n') return false;
  if (!SkipTo(text, at, delimiter) || !SkipTo(text, at, delimiter)) return false;
  while (at < text.size() && flags.find(text[at]) != std::string_view::npos) ++at;
  return true;
}

}  // namespace

bool IsHarmlessSed(std::string_view script) {
  std::size_t at = 0;
  while (at < script.size()) {
    if (std::string_view(" \t\n;{}").find(script[at]) != std::string_view::npos) {
      ++at;
      continue;
    }
    if (!SkipAddress(script, at)) return false;
    if (at >= script.size()) return false;
    const char command = script[at++];
    if (command == '{') continue;
    if (command == 's') {
      if (!SkipSubstitution(script, at, "gpiIMm0123456789")) return false;
    } else if (command == 'y') {
      if (!SkipSubstitution(script, at, "")) return false;
    } else if (std::string_view("pdqQnNgGhHxDPl=").find(command) == std::string_view::npos) {
      return false;
    }
    while (at < script.size() && script[at] == ' ') ++at;
    const bool ends =
        at >= script.size() || std::string_view(";\n}").find(script[at]) != std::string_view::npos;
    if (!ends) return false;
  }
  return true;
}

}  // namespace sandlint
