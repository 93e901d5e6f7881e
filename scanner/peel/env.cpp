// env (coreutils 9): options end at the first operand; `-` alone means -i; every word with a `=` is
// an assignment, whatever its name; removals act before assignments.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/env_split.h"
#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kRead = OptionEffect::Read;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"argv0", 'a', kRequired},
    {"block-signal", 0, OptionArg::Optional},
    {"chdir", 'C', kRequired, kRead},
    {"debug", 'v'},
    {"default-signal", 0, OptionArg::Optional},
    {"help", 0, kNone, OptionEffect::Exits},
    {"ignore-environment", 'i', kNone, kRead},
    {"ignore-signal", 0, OptionArg::Optional},
    {"list-signal-handling", 0},
    {"null", '0', kNone, kRead},
    {"split-string", 'S', kRequired, kRead},
    {"unset", 'u', kRequired, kRead},
    {"version", 0, kNone, OptionEffect::Exits},
});

/// A string that is split into words which are split again, and so on, is hostile.
constexpr int kMaxSplits = 8;

/// Where `-S` begins in an option word: the offset of its string, 0 when it is the next word.
struct SplitOption {
  std::size_t letters = 0;  ///< length of the word before the `S` (`-v` of `-vS`), 0 for none
  std::size_t value = 0;
};

std::optional<SplitOption> FindSplit(const std::string& word) {
  if (word.starts_with("--s")) {
    const std::size_t equals = word.find('=');
    if (!std::string_view("--split-string").starts_with(word.substr(0, equals))) return {};
    return SplitOption{0, equals == std::string::npos ? 0 : equals + 1};
  }
  if (word.size() < 2 || word[0] != '-' || word[1] == '-') return {};
  const std::size_t at = word.find_first_of("SuCa", 1);
  if (at == std::string::npos || word[at] != 'S') return {};
  return SplitOption{at > 1 ? at : 0, at + 1 < word.size() ? at + 1 : 0};
}

bool TakesNext(const std::string& word) {
  if (word.starts_with("--")) {
    return word == "--unset" || word == "--chdir" || word == "--argv0";
  }
  const std::size_t at = word.find_first_of("uCa", 1);
  return at + 1 == word.size();
}

/// `argv` with every `-S STRING` replaced by the words of its string.
struct Splits {
  std::vector<Word> argv;
  std::vector<Word> eaten;  ///< the words that are gone
  bool understood = true;
};

Splits ReplaceSplits(Argv words, const PeelContext& context, Layer& layer) {
  Splits result{{words.begin(), words.end()}, {}, true};
  std::vector<Word>& argv = result.argv;
  int splits = 0;
  for (std::size_t at = 1; at < argv.size();) {
    const Word word = argv[at];
    if (word.StartsUnknown() || word.text == "--" || !word.text.starts_with('-') ||
        word.text == "-") {
      break;
    }
    const auto split = FindSplit(word.text);
    if (!split) {
      at += TakesNext(word.text) ? 2 : 1;
      continue;
    }
    const bool next = split->value == 0;
    if (next && at + 1 >= argv.size()) break;  // the value is missing: ReadOptions says so
    const Word text = next ? argv[at + 1] : Part(word, split->value);
    result.eaten.push_back(word);
    if (next) result.eaten.push_back(text);
    const SplitWords parts = SplitEnvString(text, context);
    if (!text.Known() || ++splits > kMaxSplits || !parts.problem.empty()) {
      if (!parts.problem.empty() && text.Known())
        AddProblem(layer, text, "env -S: " + parts.problem);
      NotUnderstood(layer, text, "how env splits this is not known");
      result.understood = false;
      return result;
    }
    std::vector<Word> inserted;
    if (split->letters > 0) inserted.push_back(Part(word, 0, split->letters));
    inserted.insert(inserted.end(), parts.words.begin(), parts.words.end());
    const auto from = argv.begin() + static_cast<std::ptrdiff_t>(at);
    argv.insert(argv.erase(from, from + (next ? 2 : 1)), inserted.begin(), inserted.end());
    if (split->letters > 0) ++at;
  }
  return result;
}

void Assign(Layer& layer, const Word& word) {
  const auto assignment = SplitAssignment(word);
  if (assignment && !assignment->key.text.empty()) {
    AddSet(layer, word, assignment->key, assignment->value);
  }
}

/// The assignments from `next` on; the index of the command, or nothing where that is not known.
std::optional<std::size_t> ReadAssignments(std::span<const Word> argv, std::size_t next,
                                           Layer& layer) {
  for (; next < argv.size(); ++next) {
    const Word& word = argv[next];
    const std::size_t equals = word.text.find('=');
    const bool assigns = equals != std::string::npos;
    if (!word.Known() && (!assigns || word.StartsUnknown())) {
      const std::size_t hole = word.holes.front().begin;
      if (!assigns || hole < equals) {
        NotUnderstood(layer, word, "it could be an assignment or the command");
        return std::nullopt;
      }
    }
    if (!assigns) break;
    Assign(layer, word);
  }
  return next;
}

void ApplyOptions(Layer& layer, const OptionResult& options) {
  if (const OptionUse* use = options.Find("ignore-environment")) AddReset(layer, use->option);
  for (const OptionUse& use : options.uses) {
    if (use.name == "unset") {
      if (use.value.Known() &&
          (use.value.text.empty() || use.value.text.find('=') != std::string::npos)) {
        AddProblem(layer, use.value, "a variable's name is not empty and holds no '='");
      }
      AddUnset(layer, use.option, use.value);
    }
    if (use.name == "chdir") layer.chdir = use.value;
  }
}

}  // namespace

std::optional<Peeled> PeelEnv(Argv words, const PeelContext& context) {
  if (words.empty() || ToolName(words[0]) != "env") return std::nullopt;
  Layer layer = MakeLayer(LayerKind::Environment, "env", words[0]);
  Splits splits = ReplaceSplits(words, context, layer);
  const std::vector<Word>& argv = splits.argv;
  Peeled peeled;
  std::optional<std::size_t> command;
  std::size_t next = 1;
  if (splits.understood) {
    OptionResult options = ReadOptions(argv, 1, kOptions, layer);
    next = options.next;
    if (options.understood) {
      if (next < argv.size() && argv[next].text == "-") AddReset(layer, argv[next++]);
      ApplyOptions(layer, options);
      command = ReadAssignments(argv, next, layer);
      if (const OptionUse* null = options.Find("null");
          null != nullptr && command && *command < argv.size()) {
        AddProblem(layer, null->option, "env takes no command with -0");
      }
    }
  }
  std::vector<Word> rest = Consume(layer, argv, command.value_or(next));
  layer.words.insert(layer.words.end(), splits.eaten.begin(), splits.eaten.end());
  if (command && rest.empty()) {
    AddProblem(layer, layer.program, "env is given no command: it prints the environment and ends");
  }
  (command ? peeled.rest : peeled.unread) = std::move(rest);
  peeled.layer = std::move(layer);
  return peeled;
}

}  // namespace sandlint
