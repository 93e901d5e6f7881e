// iptables-save: `#` comments, `*table`, `:CHAIN POLICY [packets:bytes]`, `[p:b] -A CHAIN rule`,
// COMMIT (iptables-restore(8), add_param_to_argv() of xshared.c).

#include "scanner/parse/iptables.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/parse/ip_text.h"

namespace sandlint {
namespace {

struct VerbRow {
  std::string_view brief, full;
  IptablesVerb verb;
  bool chain;   ///< a chain follows (or may)
  bool number;  ///< a number may follow the chain
};
constexpr VerbRow kVerbs[] = {
    {"-A", "--append", IptablesVerb::Append, true, false},
    {"-I", "--insert", IptablesVerb::Insert, true, true},
    {"-R", "--replace", IptablesVerb::Replace, true, true},
    {"-D", "--delete", IptablesVerb::Delete, true, true},
    {"-P", "--policy", IptablesVerb::Policy, true, false},
    {"-N", "--new-chain", IptablesVerb::DefineChain, true, false},
    {"-F", "--flush", IptablesVerb::Flush, true, false},
    {"-X", "--delete-chain", IptablesVerb::DeleteChain, true, false},
    {"-E", "--rename-chain", IptablesVerb::Rename, true, false},
    {"-L", "--list", IptablesVerb::Other, true, true},
    {"-S", "--list-rules", IptablesVerb::Other, true, true},
    {"-C", "--check", IptablesVerb::Other, true, false},
    {"-Z", "--zero", IptablesVerb::Other, true, true},
};

const VerbRow* FindVerb(std::string_view word) {
  const auto* row = std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const VerbRow& one) {
    return word == one.brief || word == one.full;
  });
  return row == std::end(kVerbs) ? nullptr : row;
}

bool IsCounter(std::string_view word) { return word.starts_with("[") && word.ends_with("]"); }

/// Takes the words that belong to the verb: its chain and its number.
void TakeVerb(IptablesLine& line, const VerbRow& row, const std::vector<Word>& words,
              std::size_t& at) {
  line.verb = row.verb;
  const auto value = [&] {
    return at + 1 < words.size() && !words[at + 1].text.starts_with("-") &&
           words[at + 1].text != "!";
  };
  if (row.chain && value()) line.chain = words[++at];
  if (row.verb == IptablesVerb::Policy && value()) line.policy = words[++at];
  if (row.verb == IptablesVerb::Rename && value()) line.policy = words[++at];
  if (row.verb == IptablesVerb::DefineChain) line.policy.text = "-";
  if (!row.number || !value()) return;
  line.number = ParseDecimal(words[at + 1].text);
  if (line.number) ++at;
}

Span SpanOf(const std::vector<Word>& words) {
  Span span = words.front().span;
  if (words.back().span.source == span.source) span.end = std::max(span.end, words.back().span.end);
  return span;
}

IptablesLine ChainLine(const std::vector<Word>& words) {
  IptablesLine line;
  line.verb = IptablesVerb::DefineChain;
  line.chain = Part(words[0], 1);
  if (line.chain.text.empty() && words.size() > 1) line.chain = words[1];
  const std::size_t policy = words[0].text == ":" ? 2 : 1;
  if (words.size() > policy) line.policy = words[policy];
  line.span = SpanOf(words);
  return line;
}

}  // namespace

std::vector<Word> SplitLine(const Source& source, std::uint32_t begin, std::uint32_t end) {
  std::vector<Word> words;
  const std::string_view text = source.text;
  for (std::uint32_t at = begin; at < end;) {
    if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r') {
      ++at;
      continue;
    }
    Word word;
    const std::uint32_t first = at;
    char quote = 0;
    for (; at < end; ++at) {
      const char c = text[at];
      if (quote == 0 && (c == ' ' || c == '\t' || c == '\r')) break;
      if (c == '\\' && at + 1 < end && quote != '\'') {
        word.text += text[++at];
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        word.text += c;
      }
    }
    word.span = {&source, first, at};
    words.push_back(std::move(word));
  }
  return words;
}

std::optional<IptablesLine> ParseIptablesCommand(const std::vector<Word>& words) {
  if (words.empty()) return std::nullopt;
  IptablesLine line;
  line.span = SpanOf(words);
  bool found = false;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& text = words[at].text;
    if (at == 0 && IsCounter(text)) continue;
    const VerbRow* row = found ? nullptr : FindVerb(text);
    if (row != nullptr) {
      TakeVerb(line, *row, words, at);
      found = true;
    } else if ((text == "-t" || text == "--table") && at + 1 < words.size()) {
      line.table = words[++at];
    } else if (text.starts_with("--table=")) {
      line.table = Part(words[at], 8);
    } else {
      line.words.push_back(words[at]);
    }
  }
  return found ? std::optional(std::move(line)) : std::nullopt;
}

IptablesLine IptablesLineOf(const std::vector<std::string>& texts, const Span& span) {
  std::vector<Word> words;
  for (const std::string& text : texts) {
    Word word;
    word.text = text;
    word.span = span;
    words.push_back(std::move(word));
  }
  IptablesLine line = ParseIptablesCommand(words).value_or(IptablesLine{});
  line.span = span;
  return line;
}

namespace {

/// The words of every line that is neither empty nor a comment.
std::vector<std::vector<Word>> LinesOf(const Source& source) {
  std::vector<std::vector<Word>> lines;
  const auto size = static_cast<std::uint32_t>(source.text.size());
  for (std::uint32_t begin = 0; begin < size;) {
    const std::size_t newline = source.text.find('\n', begin);
    const std::uint32_t end =
        newline == std::string::npos ? size : static_cast<std::uint32_t>(newline);
    std::vector<Word> words = SplitLine(source, begin, end);
    begin = end + 1;
    if (!words.empty() && !words[0].text.starts_with("#")) lines.push_back(std::move(words));
  }
  return lines;
}

}  // namespace

IptablesFile ParseIptables(const Source& source) {
  IptablesFile file;
  for (const std::vector<Word>& words : LinesOf(source)) {
    const std::string& first = words[0].text;
    if (first.starts_with("*") && first.size() > 1) {
      IptablesLine line;
      line.verb = IptablesVerb::Table;
      line.table = Part(words[0], 1);
      line.span = SpanOf(words);
      file.lines.push_back(std::move(line));
    } else if (first == "COMMIT") {
      file.lines.push_back({IptablesVerb::Commit, {}, {}, {}, {}, {}, words[0].span});
    } else if (first.starts_with(":")) {
      file.lines.push_back(ChainLine(words));
    } else if (auto line = ParseIptablesCommand(words)) {
      file.lines.push_back(std::move(*line));
    } else {
      file.problems.push_back({SpanOf(words), "`" + first + "` is no line of iptables-save"});
    }
  }
  return file;
}

std::optional<IpsetLine> ParseIpsetCommand(const std::vector<Word>& words) {
  std::vector<Word> rest;
  for (const Word& word : words) {
    const bool flag = rest.size() < 2 && (word.text == "-exist" || word.text == "-!" ||
                                          word.text == "-quiet" || word.text == "-q");
    if (!flag) rest.push_back(word);
  }
  if (rest.empty()) return std::nullopt;
  IpsetLine line;
  line.verb = rest[0];
  struct Alias {
    std::string_view old, now;
  };
  constexpr Alias kAliases[] = {{"-N", "create"}, {"n", "create"},  {"-A", "add"},
                                {"-D", "del"},    {"-F", "flush"},  {"-X", "destroy"},
                                {"-W", "swap"},   {"-E", "rename"}, {"x", "destroy"}};
  for (const Alias& alias : kAliases) {
    if (line.verb.text == alias.old) line.verb.text = alias.now;
  }
  if (rest.size() > 1) line.name = rest[1];
  for (std::size_t i = 2; i < rest.size(); ++i) {
    if (rest[i].text != "-exist" && rest[i].text != "-!") line.words.push_back(rest[i]);
  }
  line.span = SpanOf(words);
  return line;
}

IpsetFile ParseIpset(const Source& source) {
  IpsetFile file;
  for (const std::vector<Word>& words : LinesOf(source)) {
    if (auto line = ParseIpsetCommand(words)) file.lines.push_back(std::move(*line));
  }
  return file;
}

}  // namespace sandlint
