// Words of the bash grammar.

#include "scanner/parse/shell_words.h"

#include <algorithm>
#include <array>

#include "scanner/parse/shell_word_reader.h"

namespace sandlint {

void WordReader::Node(TSNode node, Quote quote) {
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

void WordReader::Range(TSNode node, std::uint32_t begin, std::uint32_t end, Quote quote) {
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

void WordReader::Literal(std::uint32_t begin, std::uint32_t end, Quote quote) {
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

bool WordReader::IsExpansion(std::string_view type, Quote quote) {
  constexpr auto kAlways = std::to_array<std::string_view>(
      {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"});
  constexpr auto kUnquoted = std::to_array<std::string_view>(
      {"string", "translated_string", "raw_string", "ansi_c_string", "process_substitution",
       "concatenation", "word", "brace_expression"});
  return std::ranges::find(kAlways, type) != kAlways.end() ||
         (quote == Quote::None && std::ranges::find(kUnquoted, type) != kUnquoted.end());
}

void WordReader::AddLiteral(std::string value, bool quoted, std::uint32_t begin,
                            std::uint32_t end) {
  ShellPart part;
  part.quoted = quoted;
  part.text = std::move(value);
  part.span = text_.SpanOf(begin, end);
  parts.push_back(std::move(part));
}

void WordReader::Add(std::string value, bool quoted, TSNode node) {
  AddLiteral(std::move(value), quoted, ts_node_start_byte(node), ts_node_end_byte(node));
}

void WordReader::Bare(ShellPartKind kind, std::uint32_t begin, std::uint32_t end, bool quoted) {
  ShellPart part;
  part.kind = kind;
  part.quoted = quoted;
  part.text = text_.text.substr(begin, end - begin);
  part.span = text_.SpanOf(begin, end);
  parts.push_back(std::move(part));
}

void WordReader::Bare(ShellPartKind kind, TSNode node, Quote quote) {
  Bare(kind, ts_node_start_byte(node), ts_node_end_byte(node), quote != Quote::None);
}

void WordReader::Unknown(TSNode node, Quote quote) {
  Bare(ShellPartKind::Unknown, node, quote);
  AddInner(node, ts_node_start_byte(node), ts_node_end_byte(node));
}

void WordReader::AddInner(TSNode node, std::uint32_t begin, std::uint32_t end) {
  parts.back().commands = ReadInnerCommands(text_, node, begin, end, depth_ + 1);
}

void WordReader::MarkDollarQuoted(std::size_t first) {
  for (std::size_t index = first; index < parts.size(); ++index) {
    parts[index].dollar_quoted = true;
  }
}

void WordReader::String(TSNode node) {
  std::uint32_t begin = ts_node_start_byte(node);
  std::uint32_t end = ts_node_end_byte(node);
  if (text_.text[begin] == '$') ++begin;
  if (end - begin < 2 || text_.text[end - 1] != '"') return Unknown(node, Quote::Double);
  // An empty string is a word of its own.
  if (end - begin == 2) AddLiteral("", true, begin, end);
  Range(node, begin + 1, end - 1, Quote::Double);
}

void WordReader::AnsiString(TSNode node) {
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
