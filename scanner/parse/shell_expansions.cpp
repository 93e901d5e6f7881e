// Expansions and substitutions in words of the bash grammar.

#include <algorithm>
#include <array>
#include <cctype>

#include "scanner/parse/shell_word_reader.h"

namespace sandlint {
namespace {

constexpr auto kOperators = std::to_array<std::string_view>(
    {":-", ":=", ":+", ":?", "##", "%%", "//", "/#", "/%", ",,", "^^",
     "@",  "-",  "=",  "+",  "?",  "#",  "%",  "/",  ":",  ",",  "^"});

bool IsNameChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

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

void WordReader::Simple(TSNode node, Quote quote) {
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

void WordReader::Expansion(std::shared_ptr<ShellExpansion> expansion, TSNode node, Quote quote) {
  Bare(ShellPartKind::Expansion, node, quote);
  parts.back().expansion = std::move(expansion);
}

void WordReader::Braced(TSNode node, Quote quote) {
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

bool WordReader::Operator(ShellExpansion& expansion, TSNode node, std::string_view inner,
                          std::size_t at, Quote quote) {
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

std::uint32_t WordReader::Divider(TSNode node, std::uint32_t begin, std::uint32_t end,
                                  char divider) const {
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

ShellWord WordReader::Argument(TSNode node, std::uint32_t begin, std::uint32_t end, Quote quote) {
  WordReader reader(text_, depth_ + 1);
  reader.Nested(node, begin, end, quote);
  ShellWord word;
  word.parts = std::move(reader.parts);
  word.span = text_.SpanOf(begin, end);
  word.raw = text_.text.substr(begin, end - begin);
  return word;
}

void WordReader::Nested(TSNode node, std::uint32_t begin, std::uint32_t end, Quote) {
  if (depth_ >= kMaxShellDepth) return Bare(ShellPartKind::Unknown, begin, end, false);
  Range(node, begin, end, Quote::None);
}

void WordReader::Commands(TSNode node, Quote quote, ShellPartKind kind) {
  Bare(kind, node, quote);
  auto body = std::make_shared<ShellNode>(ReadShellSequence(text_, node, depth_ + 1));
  parts.back().commands = std::move(body);
}

std::shared_ptr<const ShellNode> ReadInnerCommands(const ShellText& text, TSNode node,
                                                   std::uint32_t begin, std::uint32_t end,
                                                   int depth) {
  ShellNode found;
  found.kind = ShellKind::Sequence;
  found.span = text.SpanOf(node);
  CollectCommands(text, node, begin, end, depth, found);
  return found.children.empty() ? nullptr : std::make_shared<ShellNode>(std::move(found));
}

}  // namespace sandlint
