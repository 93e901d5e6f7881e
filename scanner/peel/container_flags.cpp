#include "scanner/peel/container_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sandlint {
namespace {

/// `left right` as one word; its span covers both where they stand on one line.
Word Joined(const Word& left, const Word& right) {
  Word word = right;
  word.text = left.text + " " + right.text;
  word.argv_index = left.argv_index;
  const auto shift = static_cast<std::uint32_t>(left.text.size() + 1);
  for (Hole& hole : word.holes) hole.begin += shift, hole.end += shift;
  const Source* source = left.span.source;
  if (source == nullptr || source != right.span.source || source->is_argv) return word;
  if (left.span.begin > right.span.begin) return word;
  const Span whole{source, left.span.begin, right.span.end};
  if (whole.Text().find_first_of("\r\n") == std::string_view::npos) word.span = whole;
  return word;
}

class Scanner {
 public:
  Scanner(std::span<const Word> words, std::size_t begin, const FindOption& find)
      : words_(words), find_(find) {
    scan_.end = begin;
  }

  FlagScan Run() {
    while (scan_.end < words_.size() && !scan_.stopped) {
      const Word& word = words_[scan_.end];
      if (word.StartsUnknown()) {
        scan_.notes.push_back({Support::Unknown, word, Facet::All,
                               "its value is not known here and could be an option"});
        break;
      }
      if (word.text.size() < 2 || word.text[0] != '-') break;
      ++scan_.end;
      if (word.text == "--") break;
      if (word.text[1] == '-') {
        Long(word);
      } else {
        Cluster(word);
      }
    }
    return std::move(scan_);
  }

 private:
  void Long(const Word& word) {
    const std::size_t equals = word.text.find('=');
    const std::string name = word.text.substr(2, equals == std::string::npos ? equals : equals - 2);
    const OptionRow* row = name.empty() ? nullptr : find_(name, 0);
    if (row == nullptr) return UnknownOption(word, equals != std::string::npos);
    FlagUse use{row, word, {}, true, equals != std::string::npos};
    if (use.joined) use.value = Part(word, equals + 1);
    Finish(std::move(use));
  }

  /// `-it`, `-ieFOO=1`, `-v=/a:/b`: letters up to the first one that takes a value.
  void Cluster(const Word& word) {
    for (std::size_t at = 1; at < word.text.size() && !scan_.stopped; ++at) {
      const OptionRow* row = find_({}, word.text[at]);
      if (row == nullptr) return UnknownOption(Part(word, at, 1), false);
      FlagUse use{row, word, {}, true, false};
      const bool last = at + 1 == word.text.size();
      if (at + 2 < word.text.size() && word.text[at + 1] == '=') {
        use.joined = true;
        use.value = Part(word, at + 2);
      } else if (row->takes == Takes::Value && !last) {
        use.joined = true;
        use.value = Part(word, at + 1);
      }
      const bool ends = use.joined;
      Finish(std::move(use));
      if (ends) return;
    }
  }

  void Finish(FlagUse use) {
    if (use.row->takes == Takes::Nothing) {
      if (use.joined && !Boolean(use)) return;
    } else if (!use.joined) {
      if (scan_.end >= words_.size()) return MissingValue(use.option);
      use.value = words_[scan_.end++];
    }
    scan_.uses.push_back(std::move(use));
  }

  /// False where the tool would not take the value.
  bool Boolean(FlagUse& use) {
    if (!use.value.Known()) {
      scan_.notes.push_back(
          {Support::Unknown, use.option, use.row->facets, "whether it is on is not known here"});
      return true;
    }
    const std::optional<bool> on = ParseBool(use.value.text);
    if (!on) {
      scan_.problems.push_back(
          {use.option, fmt::format("--{} takes true or false and nothing else", use.row->name)});
      return false;
    }
    use.on = *on;
    return true;
  }

  void MissingValue(const Word& option) {
    scan_.problems.push_back({option, fmt::format("{} wants a value after it", option.text)});
    scan_.stopped = true;
  }

  /// With `=` in the word the next one is an option again; otherwise nothing after it is certain.
  void UnknownOption(const Word& named, bool has_value) {
    const Word name = Part(named, 0, named.text.find('='));  // a value might be secret
    scan_.notes.push_back({Support::Unknown, name, Facet::All, "an option that is not known"});
    scan_.problems.push_back(
        {name, fmt::format("`{}` is not known: the tool stops with an unknown flag", name.text),
         Answer::Unknown});
    scan_.stopped = !has_value;
  }

  std::span<const Word> words_;
  const FindOption& find_;
  FlagScan scan_;
};

}  // namespace

Word FlagUse::Name() const {
  if (!joined) return option;
  std::size_t length = option.text.size() - value.text.size();
  if (length > 2 && option.text[length - 1] == '=') --length;
  return Part(option, 0, length);
}

Word FlagUse::Deciding() const { return joined || !value ? option : Joined(option, value); }

FlagScan ScanFlags(std::span<const Word> words, std::size_t begin, const FindOption& find) {
  return Scanner(words, begin, find).Run();
}

bool HasEngine(Engines engines, Engine engine) {
  return (static_cast<int>(engines) & static_cast<int>(engine)) != 0;
}

std::vector<Word> SplitAt(const Word& text, char separator) {
  const auto in_hole = [&](std::size_t at) {
    return std::any_of(text.holes.begin(), text.holes.end(), [&](const Hole& hole) {
      return !hole.assumed && at >= hole.begin && at < hole.end;
    });
  };
  std::vector<Word> parts;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.text.size(); ++at) {
    if (text.text[at] != separator || in_hole(at)) continue;
    parts.push_back(Part(text, begin, at - begin));
    begin = at + 1;
  }
  parts.push_back(Part(text, begin));
  return parts;
}

std::optional<bool> ParseBool(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "false", "FALSE", "False"};
  if (std::find(kTrue.begin(), kTrue.end(), text) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), text) != kFalse.end()) return false;
  return std::nullopt;
}

}  // namespace sandlint
