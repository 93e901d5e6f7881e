// Words of the bash grammar. What lies between the nodes of a word is literal text: the grammar
// leaves blanks out, and gives no node at all to some texts.

#include "scanner/parse/shell_words.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sandlint {
namespace {

constexpr auto kOperators = std::to_array<std::string_view>(
    {":-", ":=", ":+", ":?", "##", "%%", "//", "/#", "/%", ",,", "^^",
     "@",  "-",  "=",  "+",  "?",  "#",  "%",  "/",  ":",  ",",  "^"});

bool IsNameChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

enum class Quote : std::uint8_t { None, Double, Here };

class WordReader {
 public:
  WordReader(const ShellText& text, int depth) : text_(text), depth_(depth) {}

  std::vector<ShellPart> parts;

  void Node(TSNode node, Quote quote) {
    const std::string_view type = TypeOf(node);
    if (depth_ >= kMaxShellDepth) {
      Unknown(node, quote);
    } else if (type == "string" || type == "translated_string") {
      const std::size_t first = parts.size();
      String(node);
      if (type[0] == 't') MarkDollarQuoted(first);
    } else if (type == "raw_string") {
      const std::string_view raw = text_.TextOf(node);
      Add(std::string(raw.substr(1, raw.size() < 2 ? 0 : raw.size() - 2)), true, node);
    } else if (type == "ansi_c_string") {
      const std::size_t first = parts.size();
      AnsiString(node);
      MarkDollarQuoted(first);
    } else if (type == "simple_expansion") {
      Simple(node, quote);
    } else if (type == "expansion") {
      Braced(node, quote);
    } else if (type == "command_substitution" || type == "process_substitution") {
      Commands(node, quote, type[0] == 'p' ? ShellPartKind::Process : ShellPartKind::Command);
    } else if (type == "arithmetic_expansion") {
      Bare(ShellPartKind::Arithmetic, node, quote);
      AddInner(node, ts_node_start_byte(node), ts_node_end_byte(node));
    } else if (type == "concatenation" || type == "command_name" || type == "array" ||
               type == "brace_expression") {
      Range(node, ts_node_start_byte(node), ts_node_end_byte(node), quote);
    } else {
      Literal(ts_node_start_byte(node), ts_node_end_byte(node), quote);
    }
  }

  /// The children of `node` between two offsets, and the literal text between them.
  void Range(TSNode node, std::uint32_t begin, std::uint32_t end, Quote quote) {
    std::uint32_t at = begin;
    const std::uint32_t count = ts_node_child_count(node);
    for (std::uint32_t index = 0; index < count; ++index) {
      const TSNode child = ts_node_child(node, index);
      const std::uint32_t from = ts_node_start_byte(child);
      const std::uint32_t to = ts_node_end_byte(child);
      if (from < at || to > end || !IsExpansion(TypeOf(child), quote)) continue;
      Literal(at, from, quote);
      ++depth_;
      Node(child, quote);
      --depth_;
      at = to;
    }
    Literal(at, end, quote);
  }

  void Literal(std::uint32_t begin, std::uint32_t end, Quote quote) {
    if (begin >= end) return;
    if (text_.IsHole(begin, end)) {
      Bare(ShellPartKind::Unknown, begin, end, quote != Quote::None);
      return;
    }
    const std::string_view raw = text_.text.substr(begin, end - begin);
    std::string plain;
    std::uint32_t plain_begin = begin;
    const auto flush = [&](std::uint32_t until) {
      if (!plain.empty()) AddLiteral(plain, quote != Quote::None, plain_begin, until);
      plain.clear();
    };
    for (std::size_t at = 0; at < raw.size(); ++at) {
      const auto offset = begin + static_cast<std::uint32_t>(at);
      if (raw[at] == '\\' && at + 1 < raw.size()) {
        const char next = raw[at + 1];
        if (quote == Quote::None) {
          flush(offset);
          if (next != '\n') AddLiteral(std::string(1, next), true, offset, offset + 2);
          plain_begin = offset + 2;
          ++at;
          continue;
        }
        const std::string_view escapable = quote == Quote::Here ? "$`\\\n" : "$`\"\\\n";
        if (escapable.find(next) != std::string_view::npos) {
          if (next != '\n') plain += next;
          ++at;
          continue;
        }
      } else if (raw[at] == '`' && quote == Quote::Here) {
        flush(offset);
        Bare(ShellPartKind::Unknown, offset, end, true);
        return;
      }
      plain += raw[at];
    }
    flush(end);
  }

 private:
  static bool IsExpansion(std::string_view type, Quote quote) {
    constexpr auto kAlways = std::to_array<std::string_view>(
        {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"});
    constexpr auto kUnquoted = std::to_array<std::string_view>(
        {"string", "translated_string", "raw_string", "ansi_c_string", "process_substitution",
         "concatenation", "word", "brace_expression"});
    return std::ranges::find(kAlways, type) != kAlways.end() ||
           (quote == Quote::None && std::ranges::find(kUnquoted, type) != kUnquoted.end());
  }

  void AddLiteral(std::string value, bool quoted, std::uint32_t begin, std::uint32_t end) {
    ShellPart part;
    part.quoted = quoted;
    part.text = std::move(value);
    part.span = text_.SpanOf(begin, end);
    parts.push_back(std::move(part));
  }

  void Add(std::string value, bool quoted, TSNode node) {
    AddLiteral(std::move(value), quoted, ts_node_start_byte(node), ts_node_end_byte(node));
  }

  void Bare(ShellPartKind kind, std::uint32_t begin, std::uint32_t end, bool quoted) {
    ShellPart part;
    part.kind = kind;
    part.quoted = quoted;
    part.text = text_.text.substr(begin, end - begin);
    part.span = text_.SpanOf(begin, end);
    parts.push_back(std::move(part));
  }
  void Bare(ShellPartKind kind, TSNode node, Quote quote) {
    Bare(kind, ts_node_start_byte(node), ts_node_end_byte(node), quote != Quote::None);
  }
  void Unknown(TSNode node, Quote quote) {
    Bare(ShellPartKind::Unknown, node, quote);
    AddInner(node, ts_node_start_byte(node), ts_node_end_byte(node));
  }

  void AddInner(TSNode node, std::uint32_t begin, std::uint32_t end) {
    parts.back().commands = ReadInnerCommands(text_, node, begin, end, depth_ + 1);
  }

  void MarkDollarQuoted(std::size_t first) {
    for (std::size_t index = first; index < parts.size(); ++index) {
      parts[index].dollar_quoted = true;
    }
  }

  void String(TSNode node) {
    std::uint32_t begin = ts_node_start_byte(node);
    std::uint32_t end = ts_node_end_byte(node);
    if (text_.text[begin] == '$') ++begin;
    if (end - begin < 2 || text_.text[end - 1] != '"') return Unknown(node, Quote::Double);
    // An empty string is a word of its own.
    if (end - begin == 2) AddLiteral("", true, begin, end);
    Range(node, begin + 1, end - 1, Quote::Double);
  }

  void AnsiString(TSNode node) {
    const std::string_view raw = text_.TextOf(node);
    if (raw.size() < 3) return Unknown(node, Quote::Double);
    const std::string_view inner = raw.substr(2, raw.size() - 3);
    std::string value;
    for (std::size_t at = 0; at < inner.size(); ++at) {
      if (inner[at] != '\\' || at + 1 >= inner.size()) {
        value += inner[at];
        continue;
      }
      constexpr std::string_view kNames = "nt\\'\"re";
      constexpr std::string_view kValues = "\n\t\\'\"\r\x1b";
      const std::size_t found = kNames.find(inner[++at]);
      if (found == std::string_view::npos) return Unknown(node, Quote::Double);
      value += kValues[found];
    }
    Add(std::move(value), true, node);
  }

  void Simple(TSNode node, Quote quote) {
    auto expansion = std::make_shared<ShellExpansion>();
    const std::string_view name = text_.TextOf(node).substr(1);
    const bool positional = !name.empty() && name[0] >= '0' && name[0] <= '9';
    expansion->name = positional ? name.substr(0, 1) : name;
    Expansion(std::move(expansion), node, quote);
    if (!positional || name.size() == 1) return;
    // `$10` is `${1}0`.
    parts.back().text.resize(2);
    Literal(ts_node_start_byte(node) + 2, ts_node_end_byte(node), quote);
  }

  void Expansion(std::shared_ptr<ShellExpansion> expansion, TSNode node, Quote quote) {
    Bare(ShellPartKind::Expansion, node, quote);
    parts.back().expansion = std::move(expansion);
  }

  void Braced(TSNode node, Quote quote) {
    const std::uint32_t start = ts_node_start_byte(node) + 2;
    const std::uint32_t end = ts_node_end_byte(node) - 1;
    if (end < start || text_.text[end] != '}' || ts_node_has_error(node)) {
      return Unknown(node, quote);
    }
    const std::string_view inner = text_.text.substr(start, end - start);
    auto expansion = std::make_shared<ShellExpansion>();
    std::size_t at = 0;
    const auto is_name = [&](std::size_t index) {
      return index < inner.size() &&
             (IsNameChar(inner[index]) || inner[index] == '@' || inner[index] == '*');
    };
    if (inner.size() > 1 && (inner[0] == '#' || inner[0] == '!') && is_name(1)) {
      expansion->prefix = inner[at++];
    }
    const std::size_t name = at;
    while (at < inner.size() && IsNameChar(inner[at])) ++at;
    if (at == name && at < inner.size()) ++at;  // a special parameter
    expansion->name = inner.substr(name, at - name);
    if (at < inner.size() && inner[at] == '[') {
      const std::size_t close = inner.find(']', at);
      if (close == std::string_view::npos) return Unknown(node, quote);
      expansion->subscript = inner.substr(at + 1, close - at - 1);
      at = close + 1;
    }
    if (at < inner.size() && !Operator(*expansion, node, inner, at, quote)) {
      return Unknown(node, quote);
    }
    const bool has_subscript = !expansion->subscript.empty();
    const auto close = has_subscript ? start + static_cast<std::uint32_t>(inner.find(']')) : start;
    Expansion(std::move(expansion), node, quote);
    if (has_subscript) AddInner(node, start, close + 1);
  }

  bool Operator(ShellExpansion& expansion, TSNode node, std::string_view inner, std::size_t at,
                Quote quote) {
    const auto found = std::ranges::find_if(
        kOperators, [&](std::string_view op) { return inner.substr(at).starts_with(op); });
    if (found == kOperators.end()) return false;
    expansion.op = *found;
    const std::uint32_t base = ts_node_start_byte(node) + 2;
    const auto begin = base + static_cast<std::uint32_t>(at + found->size());
    const std::uint32_t end = ts_node_end_byte(node) - 1;
    std::uint32_t middle = end;
    if (expansion.op[0] == '/' || expansion.op == ":") {
      middle = Divider(node, begin, end, expansion.op[0]);
    }
    expansion.argument = Argument(node, begin, middle, quote);
    if (middle < end) expansion.replacement = Argument(node, middle + 1, end, quote);
    return true;
  }

  /// The separator of pattern and replacement: the first that stands in no node of its own.
  std::uint32_t Divider(TSNode node, std::uint32_t begin, std::uint32_t end, char divider) const {
    for (std::uint32_t at = begin; at < end; ++at) {
      if (text_.text[at] == '\\') {
        ++at;
      } else if (text_.text[at] == divider) {
        const TSNode inside = ts_node_named_descendant_for_byte_range(node, at, at + 1);
        const std::string_view type = TypeOf(inside);
        if (ts_node_eq(inside, node) || type == "regex" || type == "word" || type == "number" ||
            type == "concatenation") {
          return at;
        }
      }
    }
    return end;
  }

  /// The word behind an operator. Inside of double quotes it is double-quoted text itself, but its
  /// own quotes count for a pattern.
  ShellWord Argument(TSNode node, std::uint32_t begin, std::uint32_t end, Quote quote) {
    WordReader reader(text_, depth_ + 1);
    reader.Nested(node, begin, end, quote);
    ShellWord word;
    word.parts = std::move(reader.parts);
    word.span = text_.SpanOf(begin, end);
    word.raw = text_.text.substr(begin, end - begin);
    return word;
  }

  void Nested(TSNode node, std::uint32_t begin, std::uint32_t end, Quote) {
    if (depth_ >= kMaxShellDepth) return Bare(ShellPartKind::Unknown, begin, end, false);
    Range(node, begin, end, Quote::None);
  }

  void Commands(TSNode node, Quote quote, ShellPartKind kind) {
    Bare(kind, node, quote);
    auto body = std::make_shared<ShellNode>(ReadShellSequence(text_, node, depth_ + 1));
    parts.back().commands = std::move(body);
  }

  const ShellText& text_;
  int depth_;
};

}  // namespace

Span ShellText::SpanOf(std::uint32_t begin, std::uint32_t end) const {
  Span span = where;
  if (exact && span) {
    span.begin = where.begin + begin;
    span.end = where.begin + end;
  }
  return span;
}

Span ShellText::SpanOf(TSNode node) const {
  return SpanOf(ts_node_start_byte(node), ts_node_end_byte(node));
}

std::string_view ShellText::TextOf(TSNode node) const {
  const std::uint32_t begin = ts_node_start_byte(node);
  return text.substr(begin, ts_node_end_byte(node) - begin);
}

bool ShellText::IsHole(std::uint32_t begin, std::uint32_t end) const {
  if (word == nullptr) return false;
  return std::ranges::any_of(word->holes, [&](const Hole& hole) {
    return !hole.assumed && hole.begin < end && hole.end > begin;
  });
}

std::string_view TypeOf(TSNode node) {
  return ts_node_is_null(node) ? std::string_view{} : std::string_view(ts_node_type(node));
}

namespace {

void CollectCommands(const ShellText& text, TSNode node, std::uint32_t begin, std::uint32_t end,
                     int depth, ShellNode& found) {
  const std::uint32_t count = ts_node_child_count(node);
  for (std::uint32_t index = 0; index < count && depth < kMaxShellDepth; ++index) {
    const TSNode child = ts_node_child(node, index);
    if (ts_node_start_byte(child) >= end || ts_node_end_byte(child) <= begin) continue;
    const std::string_view type = TypeOf(child);
    if (type != "command_substitution" && type != "process_substitution") {
      CollectCommands(text, child, begin, end, depth + 1, found);
      continue;
    }
    ShellNode subshell;
    subshell.kind = ShellKind::Subshell;
    subshell.span = text.SpanOf(child);
    subshell.children.push_back(ReadShellSequence(text, child, depth));
    found.children.push_back(std::move(subshell));
  }
}

}  // namespace

std::shared_ptr<const ShellNode> ReadInnerCommands(const ShellText& text, TSNode node,
                                                   std::uint32_t begin, std::uint32_t end,
                                                   int depth) {
  ShellNode found;
  found.kind = ShellKind::Sequence;
  found.span = text.SpanOf(node);
  CollectCommands(text, node, begin, end, depth, found);
  return found.children.empty() ? nullptr : std::make_shared<ShellNode>(std::move(found));
}

ShellWord ReadShellWord(const ShellText& text, TSNode node, int depth) {
  WordReader reader(text, depth);
  const std::uint32_t begin = ts_node_start_byte(node);
  const std::uint32_t end = ts_node_end_byte(node);
  ShellWord word;
  word.span = text.SpanOf(node);
  word.raw = text.TextOf(node);
  if (text.IsHole(begin, end) && TypeOf(node) != "string" && TypeOf(node) != "concatenation") {
    // What stands there is put in by someone else before the shell reads it.
    ShellPart part;
    part.kind = ShellPartKind::Unknown;
    part.quoted = TypeOf(node) == "raw_string";
    part.text = word.raw;
    part.span = word.span;
    word.parts.push_back(std::move(part));
    return word;
  }
  reader.Node(node, Quote::None);
  word.parts = std::move(reader.parts);
  return word;
}

ShellWord ReadHereDocument(const ShellText& text, TSNode node, std::uint32_t begin,
                           std::uint32_t end, bool quoted, bool strips_tabs, int depth) {
  ShellWord word;
  word.span = text.SpanOf(begin, end);
  word.raw = text.text.substr(begin, end - begin);
  WordReader reader(text, depth);
  if (quoted) {
    ShellPart part;
    part.quoted = true;
    part.text = word.raw;
    part.span = word.span;
    reader.parts.push_back(std::move(part));
  } else {
    reader.Range(node, begin, end, Quote::Here);
  }
  word.parts = std::move(reader.parts);
  if (!strips_tabs) return word;
  bool line_start = true;
  for (ShellPart& part : word.parts) {
    if (part.kind != ShellPartKind::Literal) {
      line_start = false;
      continue;
    }
    std::string kept;
    for (const char c : part.text) {
      if (line_start && c == '\t') continue;
      kept += c;
      line_start = c == '\n';
    }
    part.text = std::move(kept);
  }
  return word;
}

}  // namespace sandlint
