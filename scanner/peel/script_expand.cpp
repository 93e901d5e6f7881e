// Words of a script: expansion, splitting, quotes. A word that is one value as a whole keeps the
// place where that value was written.

#include <algorithm>
#include <array>

#include "scanner/parse/bounds.h"
#include "scanner/peel/script_expansion.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxWord = 100'000;
constexpr std::size_t kMaxFields = 12'000;

/// Fields as they grow, piece by piece.
class FieldBuilder {
 public:
  explicit FieldBuilder(const Span& span) : span_(span) {}

  void Add(const Word& piece) {
    if (pieces_ == 0) whole_ = piece.span;
    if (pieces_ == 0) index_ = piece.argv_index;
    AppendWord(word_, piece);
    ++pieces_;
  }
  void Open() { open_ = true; }
  bool IsOpen() const { return open_ || pieces_ > 0; }
  void End() {
    if (!IsOpen()) return;
    word_.span = pieces_ == 1 && whole_ ? whole_ : span_;
    if (pieces_ == 1) word_.argv_index = index_;
    fields.push_back(std::move(word_));
    word_ = {};
    pieces_ = 0;
    open_ = false;
  }

  std::vector<Word> fields;

 private:
  Span span_;
  Word word_;
  Span whole_;
  int index_ = -1;
  int pieces_ = 0;
  bool open_ = false;
};

bool HasUnknown(const Word& word) { return !word.Known(); }

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/// Splits at the characters of IFS: blanks of it in a row are one separator, every other character
/// is one by itself.
void AddSplit(FieldBuilder& builder, const Word& value, std::string_view separators) {
  const std::string& text = value.text;
  const auto separates = [&](std::size_t at) {
    return separators.find(text[at]) != std::string_view::npos;
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t stop = std::min(text.find_first_of(separators, at), text.size());
    if (stop > at) builder.Add(Part(value, at, stop - at));
    at = stop;
    if (at == text.size()) return;
    bool hard = false;
    while (at < text.size() && separates(at) && (IsBlank(text[at]) || !hard)) {
      hard = hard || !IsBlank(text[at]);
      ++at;
    }
    if (hard) builder.Open();
    builder.End();
  }
}

/// `$*`, `${a[*]}`.
bool StarOf(const ShellPart& part) {
  return part.expansion != nullptr &&
         (part.expansion->name == "*" || part.expansion->subscript == "*");
}

}  // namespace

void AppendText(Word& to, std::string_view text) { to.text += text; }

void AppendWord(Word& to, const Word& piece) {
  const auto shift = static_cast<std::uint32_t>(to.text.size());
  to.text += piece.text;
  for (Hole hole : piece.holes) {
    hole.begin += shift;
    hole.end += shift;
    to.holes.push_back(std::move(hole));
  }
}

bool ScriptPath::CheckSize(const Word& word) {
  if (word.text.size() <= kMaxWord) return true;
  if (flow_ != Flow::Ended) LaunchUnknown(WordAt("", word.span), bound::kWord);
  flow_ = Flow::Ended;
  return false;
}

ScriptPath::Fields ScriptPath::Expand(const std::vector<ShellWord>& words) {
  Fields fields;
  for (const ShellWord& word : words) {
    std::vector<ShellWord> all{word};
    if (word.raw.find('{') != std::string::npos) all = ExpandBraces(word);
    if (all.size() > 1 && Lacks("brace expansion", word.span)) all = {word};
    for (const ShellWord& one : all) {
      for (Word& field : ExpandOne(one)) fields.push_back(std::move(field));
      if (fields.size() > kMaxFields) {
        LaunchUnknown(WordAt("", word.span), bound::kList);
        flow_ = Flow::Ended;
        return {};
      }
    }
  }
  return fields;
}

ScriptPath::Fields ScriptPath::ExpandOne(const ShellWord& word) {
  FieldBuilder builder(word.span);
  for (std::size_t index = 0; index < word.parts.size() && flow_ == Flow::On; ++index) {
    const ShellPart& part = word.parts[index];
    ShellValue value = ValueOf(part, index == 0, word);
    if (part.quoted) {
      if (!value.list) {
        builder.Open();
      }
      for (std::size_t item = 0; item < value.items.size(); ++item) {
        if (item > 0) builder.End();
        if (value.list) builder.Open();
        builder.Add(value.items[item]);
      }
      continue;
    }
    for (std::size_t item = 0; item < value.items.size(); ++item) {
      if (item > 0) builder.End();
      AddUnquoted(part, value.items[item], [&](const Word& piece, bool split) {
        if (split) {
          AddSplit(builder, piece, Separators());
        } else {
          builder.Add(piece);
        }
      });
    }
  }
  builder.End();
  for (const Word& field : builder.fields) {
    if (!CheckSize(field)) return {};
  }
  return std::move(builder.fields);
}

std::string ScriptPath::Separators() const {
  const ShellVariable* ifs = Find("IFS");
  if (ifs == nullptr || ifs->items.empty()) return " \t\n";
  return ifs->items[0].text;
}

/// An unquoted piece: a literal can be a pattern, an expansion is split and can vanish.
void ScriptPath::AddUnquoted(const ShellPart& part, const Word& value,
                             const std::function<void(const Word&, bool)>& add) {
  const bool literal = part.kind == ShellPartKind::Literal;
  const ShellVariable* ifs = Find("IFS");
  const bool odd_split = !literal && ifs != nullptr && !ifs->items.empty() &&
                         !ifs->items[0].Known() && !value.text.empty();
  const bool bracket =
      value.text.find('[') != std::string::npos && value.text.find(']') != std::string::npos;
  const bool pattern = !state_.noglob && !HasUnknown(value) &&
                       (value.text.find_first_of("*?") != std::string::npos || bracket);
  if (pattern || odd_split) {
    Word hole = value;
    hole.holes = {{0, static_cast<std::uint32_t>(value.text.size()), value.text, false, true}};
    add(hole, false);
    return;
  }
  if (literal || dialect_ == Dialect::Zsh) {
    if (!value.text.empty()) add(value, false);
    return;
  }
  if (!HasUnknown(value)) {
    add(value, true);
    return;
  }
  // It may vanish, or be several words.
  if (value.text.starts_with("$?(") || value.text == "$$" || value.text == "$!") {
    add(value, false);  // a number
    return;
  }
  const bool whole = value.holes.front().begin == 0 && value.holes.front().end == value.text.size();
  if (whole && !value.holes.front().splits) {
    const std::string name = value.holes.front().name;
    if (Choose("vanishes:" + value.text, {name + " is a word", name + " is empty"}, part.span) ==
        1) {
      return;
    }
  }
  Word unsure = value;
  for (auto& hole : unsure.holes) hole.splits = !hole.assumed;
  add(unsure, false);
}

Word ScriptPath::ExpandText(const ShellWord& word, bool assignment) {
  FieldBuilder builder(word.span);
  builder.Open();
  for (std::size_t index = 0; index < word.parts.size() && flow_ == Flow::On; ++index) {
    const ShellPart& part = word.parts[index];
    const ShellValue value = ValueOf(part, index == 0 || assignment, word);
    for (std::size_t item = 0; item < value.items.size(); ++item) {
      if (item > 0) builder.Add(WordAt(" ", part.span));
      if (value.list && StarOf(part)) {
        builder.Add(Joined(value.items, part.span));
        break;
      }
      builder.Add(value.items[item]);
    }
  }
  builder.End();
  Word text = builder.fields.empty() ? WordAt("", word.span) : std::move(builder.fields.front());
  if (!CheckSize(text)) return WordAt("", word.span);
  return text;
}

/// A pattern: what was quoted is escaped.
std::string ScriptPath::ExpandPattern(const ShellWord& word, bool& known) {
  std::string pattern;
  for (std::size_t index = 0; index < word.parts.size(); ++index) {
    const ShellPart& part = word.parts[index];
    const ShellValue value = ValueOf(part, index == 0, word);
    for (const Word& item : value.items) {
      known = known && item.Known() && (part.quoted || !IsUnusualPattern(item.text));
      for (const char c : item.text) {
        if (part.quoted && std::string_view("*?[]\\").find(c) != std::string_view::npos) {
          pattern += '\\';
        }
        pattern += c;
      }
    }
  }
  return pattern;
}

std::optional<bool> ScriptPath::Matches(std::string_view text, std::string_view pattern) {
  const std::size_t before = plan_.work;
  const bool matches = MatchesPattern(text, pattern, plan_.work);
  if (plan_.work > before + 1'000'000) return std::nullopt;
  return matches;
}

ShellData ScriptPath::Capture(const ShellNode& commands) {
  if (++captures_ > 400 || depth_ > 50) {
    LaunchUnknown(WordAt("", commands.span), bound::kSteps);
    return {};
  }
  const ShellData outer = output_;
  const bool outer_captures = captures_output_;
  const bool outer_condition = in_condition_;
  const Flow flow = flow_;
  captures_output_ = true;
  output_ = {true, WordAt("", commands.span), 0, std::nullopt, {}};
  ++depth_;
  RunSeparately([&] {
    // Only `sh` and `shopt -s inherit_errexit` hand -e down.
    if (dialect_ == Dialect::Bash && !state_.inherits_errexit) state_.errexit = false;
    RunNode(commands);
  });
  --depth_;
  ShellData data = output_;
  output_ = outer;
  captures_output_ = outer_captures;
  in_condition_ = outer_condition;
  flow_ = flow;
  return data;
}

}  // namespace sandlint
