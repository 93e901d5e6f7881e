// Parameter expansion: `$X`, `${X:-y}`, `${X#p}`, `${a[@]}` and the rest of them.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "scanner/peel/script_expansion.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

std::optional<long> NumberOf(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The shortest or longest prefix that a pattern matches, as a length.
std::size_t MatchedPrefix(std::string_view value, std::string_view pattern, bool longest) {
  std::size_t found = std::string_view::npos;
  for (std::size_t length = 0; length <= value.size(); ++length) {
    if (!MatchesPattern(value.substr(0, length), pattern)) continue;
    found = length;
    if (!longest) break;
  }
  return found;
}

std::size_t MatchedSuffix(std::string_view value, std::string_view pattern, bool longest) {
  std::size_t found = std::string_view::npos;
  for (std::size_t length = 0; length <= value.size(); ++length) {
    if (!MatchesPattern(value.substr(value.size() - length), pattern)) continue;
    found = length;
    if (!longest) break;
  }
  return found;
}

std::string Replace(const std::string& value, const std::string& op, const std::string& pattern,
                    const std::string& replacement) {
  if (op == "/#") {
    const std::size_t length = MatchedPrefix(value, pattern, true);
    return length == std::string::npos ? value : replacement + value.substr(length);
  }
  if (op == "/%") {
    const std::size_t length = MatchedSuffix(value, pattern, true);
    return length == std::string::npos ? value
                                       : value.substr(0, value.size() - length) + replacement;
  }
  std::string result;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t length = MatchedPrefix(std::string_view(value).substr(at), pattern, true);
    if (length == std::string::npos || length == 0) {
      result += value[at++];
      continue;
    }
    result += replacement;
    at += length;
    if (op == "/") return result + value.substr(at);
  }
  return result;
}

}  // namespace

std::string ChangeText(const std::string& value, const std::string& op, const std::string& pattern,
                       const std::string& replacement) {
  if (op == "#" || op == "##") {
    const std::size_t length = MatchedPrefix(value, pattern, op == "##");
    return length == std::string::npos ? value : value.substr(length);
  }
  if (op == "%" || op == "%%") {
    const std::size_t length = MatchedSuffix(value, pattern, op == "%%");
    return length == std::string::npos ? value : value.substr(0, value.size() - length);
  }
  if (op[0] == '/') return Replace(value, op, pattern, replacement);
  std::string result = value;
  const bool lower = op[0] == ',';
  for (std::size_t at = 0; at < result.size() && (op.size() > 1 || at == 0); ++at) {
    const auto c = static_cast<unsigned char>(result[at]);
    result[at] = static_cast<char>(lower ? std::tolower(c) : std::toupper(c));
  }
  return result;
}

ShellValue ScriptPath::ValueOf(const ShellPart& part, bool first, const ShellWord& word) {
  switch (part.kind) {
    case ShellPartKind::Literal:
      return {{Tilde(part, first)}, false};
    case ShellPartKind::Expansion:
      return ExpansionOf(*part.expansion, part);
    case ShellPartKind::Command: {
      const ShellData data = Capture(*part.commands);
      if (!data.known) {
        ShellValue value{{Hole(part.text, part.span)}, false};
        if (data.download) downloads_[value.items[0].text] = *data.download;
        return value;
      }
      Word text = data.text;
      std::erase(text.text, '\0');
      std::size_t end = text.text.size();
      while (end > 0 && text.text[end - 1] == '\n') --end;
      return {{Part(text, 0, end)}, false};
    }
    case ShellPartKind::Process: {
      const int number = next_descriptor_--;
      const std::string path = fmt::format("/dev/fd/{}", number);
      if (part.text.starts_with('<')) {
        ShellData data = Capture(*part.commands);
        state_.descriptors[number] = data;
        written_[path] = std::move(data);
      } else {
        Capture(*part.commands);
      }
      return {{WordAt(path, part.span)}, false};
    }
    case ShellPartKind::Arithmetic:
    case ShellPartKind::Unknown:
      return {{Hole(part.text, part.span, !part.quoted)}, false};
  }
  return {{Hole(word.raw, word.span)}, false};
}

/// `~` and `~/x` at the start of a word.
Word ScriptPath::Tilde(const ShellPart& part, bool first) {
  Word text = WordAt(part.text, part.span);
  if (!first || part.quoted || !part.text.starts_with('~')) return text;
  const std::size_t slash = std::min(part.text.find('/'), part.text.size());
  if (slash > 1) return text;
  const ShellVariable* home = Find("HOME");
  Word result = home != nullptr && !home->items.empty() ? home->items[0] : Hole("HOME", part.span);
  result.span = part.span;
  AppendText(result, std::string_view(part.text).substr(slash));
  return result;
}

/// The items of the parameter itself; nothing when it is (or may be) not set.
std::optional<ShellValue> ScriptPath::Parameter(const ShellExpansion& expansion, const Span& span) {
  const std::string& name = expansion.name;
  if (name == "@" || name == "*") return ShellValue{state_.positional, true};
  if (name.size() == 1 && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
      std::isalpha(static_cast<unsigned char>(name[0])) == 0 && name != "_") {
    return ShellValue{{Special(name[0], span)}, false};
  }
  if (const auto number = NumberOf(name)) {
    if (*number == 0) return ShellValue{{call_.zero}, false};
    const auto index = static_cast<std::size_t>(*number - 1);
    if (index >= state_.positional.size()) return std::nullopt;
    return ShellValue{{state_.positional[index]}, false};
  }
  const ShellVariable* variable = Find(name);
  if (variable == nullptr) return std::nullopt;
  if (variable->unknown_items) return ShellValue{{Hole(name, span, true)}, false};
  if (expansion.subscript == "@" || expansion.subscript == "*") {
    return ShellValue{variable->items, true};
  }
  std::size_t index = 0;
  if (!expansion.subscript.empty()) {
    const auto number = NumberOf(expansion.subscript);
    const auto size = static_cast<long>(variable->items.size());
    if (!number || dialect_ == Dialect::Zsh) return ShellValue{{Hole(name, span)}, false};
    index = static_cast<std::size_t>(*number < 0 ? size + *number : *number);
  }
  if (index >= variable->items.size()) return std::nullopt;
  return ShellValue{{variable->items[index]}, false};
}

/// `:-`, `:=`, `:+`, `:?` and their forms without a colon; nothing for other operators.
std::optional<ShellValue> ScriptPath::Alternative(const ShellExpansion& expansion,
                                                  const ShellPart& part) {
  const std::string& op = expansion.op;
  const char sign = op.back();
  if (op.size() > 2 || std::string_view("-=+?").find(sign) == std::string_view::npos ||
      (op.size() == 2 && op[0] != ':')) {
    return std::nullopt;
  }
  const bool set = IsParameterSet(expansion, op.size() == 2, part.span);
  if (flow_ != Flow::On) return ShellValue{};
  if (sign == '+') {
    if (!set) return part.quoted ? ShellValue{{WordAt("", part.span)}, false} : ShellValue{};
    return Argument(expansion.argument, part.quoted);
  }
  if (set) return std::nullopt;
  if (sign == '?') {
    flow_ = Flow::Ended;
    return ShellValue{};
  }
  ShellValue value = Argument(expansion.argument, part.quoted);
  if (sign == '=' && !value.items.empty()) SetText(expansion.name, value.items.front());
  return value;
}

/// The word behind an operator; unquoted it is split where it has blanks, with its own quotes.
ShellValue ScriptPath::Argument(const ShellWord& word, bool quoted) {
  if (quoted) return {{ExpandText(word)}, false};
  std::vector<ShellWord> words(1);
  words.back().span = word.span;
  words.back().raw = word.raw;
  for (const ShellPart& part : word.parts) {
    if (part.kind != ShellPartKind::Literal || part.quoted) {
      words.back().parts.push_back(part);
      continue;
    }
    std::size_t at = 0;
    while (at < part.text.size()) {
      const std::size_t stop = std::min(part.text.find_first_of(" \t\n", at), part.text.size());
      if (stop > at) {
        ShellPart piece = part;
        piece.text = part.text.substr(at, stop - at);
        const bool exact = part.span && part.span.Text() == part.text;
        if (exact) {
          piece.span.begin = part.span.begin + static_cast<std::uint32_t>(at);
          piece.span.end = part.span.begin + static_cast<std::uint32_t>(stop);
        }
        words.back().parts.push_back(std::move(piece));
      }
      if (stop < part.text.size() && !words.back().parts.empty()) {
        words.emplace_back();
        words.back().span = word.span;
        words.back().raw = word.raw;
      }
      at = stop + 1;
    }
  }
  ShellValue value;
  for (const ShellWord& one : words) {
    if (one.parts.empty()) continue;
    for (Word& field : ExpandOne(one)) value.items.push_back(std::move(field));
  }
  return value;
}

ShellValue ScriptPath::ExpansionOf(const ShellExpansion& expansion, const ShellPart& part) {
  if (expansion.prefix == '!') return Indirect(expansion, part);
  if (expansion.op.empty()) {
    auto value = Parameter(expansion, part.span);
    if (expansion.prefix == '#') {
      if (!value) return {{WordAt("0", part.span)}, false};
      if (value->list) return {{WordAt(std::to_string(value->items.size()), part.span)}, false};
      if (value->items.empty() || !value->items[0].Known())
        return {{Hole(part.text, part.span)}, false};
      return {{WordAt(std::to_string(value->items[0].text.size()), part.span)}, false};
    }
    if (value) return std::move(*value);
    return NotSet(expansion, part);
  }
  if (auto value = Alternative(expansion, part)) return std::move(*value);
  if (flow_ != Flow::On) return {};
  auto value = Parameter(expansion, part.span);
  if (!value) value = NotSet(expansion, part);
  const char op = expansion.op[0];
  if (op == '-' || op == '=' || op == '+' || op == '?') return std::move(*value);
  if (expansion.op == ":" && expansion.op.size() == 1)
    return Slice(expansion, part, std::move(*value));
  if (expansion.op.starts_with(':')) return std::move(*value);
  if (op == '@') return {{Hole(part.text, part.span)}, false};
  bool known = true;
  const std::string pattern = ExpandPattern(expansion.argument, known);
  const Word replacement = ExpandText(expansion.replacement);
  for (Word& item : value->items)
    item = Changed(item, expansion.op, pattern, known, replacement, part);
  return std::move(*value);
}

/// One item changed by `#`, `%`, `/`, `,`, `^`.
Word ScriptPath::Changed(const Word& item, const std::string& op, const std::string& pattern,
                         bool known, const Word& replacement, const ShellPart& part) {
  if (!known || !replacement.Known() || !item.Known()) {
    // `${0%/*}` cuts behind the unknown part of a path.
    const bool cuts_end = op[0] == '%' && known && pattern == "/*" && op.size() == 1;
    const std::size_t slash = item.text.rfind('/');
    if (cuts_end && slash != std::string::npos &&
        std::ranges::all_of(item.holes, [&](const auto& hole) { return hole.end <= slash; })) {
      return Part(item, 0, slash);
    }
    return Hole(part.text, part.span);
  }
  std::string text = ChangeText(item.text, op, pattern, replacement.text);
  if (text == item.text) return item;
  Word changed = WordAt(std::move(text), part.span);
  changed.argv_index = item.argv_index;
  if (!item.holes.empty()) {
    changed.holes = {
        {0, static_cast<std::uint32_t>(changed.text.size()), item.holes[0].name, true}};
  }
  return changed;
}

ShellValue ScriptPath::Slice(const ShellExpansion& expansion, const ShellPart& part,
                             ShellValue value) {
  const Word from_word = ExpandText(expansion.argument);
  const auto from = NumberOf(from_word.text);
  const bool limited = !expansion.replacement.parts.empty();
  const auto count = limited ? NumberOf(ExpandText(expansion.replacement).text) : std::nullopt;
  if (!from || (limited && (!count || *count < 0)))
    return {{Hole(part.text, part.span, true)}, false};
  if (value.list) {
    // Positional parameters are counted from 1; `${@:0}` begins with $0.
    long first = *from;
    if (expansion.name == "@" || expansion.name == "*") {
      if (first == 0) value.items.insert(value.items.begin(), call_.zero);
      if (first > 0) --first;
    }
    const auto size = static_cast<long>(value.items.size());
    if (first < 0) first = std::max(0L, size + first);
    first = std::min(first, size);
    const long last = limited ? std::min(size, first + *count) : size;
    return {{value.items.begin() + first, value.items.begin() + last}, true};
  }
  if (value.items.empty() || !value.items[0].Known()) return {{Hole(part.text, part.span)}, false};
  const auto size = static_cast<long>(value.items[0].text.size());
  const long first = std::clamp(*from < 0 ? size + *from : *from, 0L, size);
  const long last = limited ? std::min(size, first + *count) : size;
  return {{Part(value.items[0], static_cast<std::size_t>(first),
                static_cast<std::size_t>(last - first))},
          false};
}

ShellValue ScriptPath::Indirect(const ShellExpansion& expansion, const ShellPart& part) {
  const ShellVariable* name = Find(expansion.name);
  if (name == nullptr || name->items.empty() || !name->items[0].Known() || !expansion.op.empty() ||
      !expansion.subscript.empty()) {
    return {{Hole(part.text, part.span, !part.quoted)}, false};
  }
  ShellExpansion direct;
  direct.name = name->items[0].text;
  const std::size_t bracket = direct.name.find('[');
  if (bracket != std::string::npos) {
    direct.subscript = direct.name.substr(bracket + 1, direct.name.size() - bracket - 2);
    direct.name.resize(bracket);
  }
  return ExpansionOf(direct, part);
}

/// `$X` that no one has set here: not known for what may come from the client.
ShellValue ScriptPath::NotSet(const ShellExpansion& expansion, const ShellPart& part) {
  const std::string& name = expansion.name;
  const bool positional = NumberOf(name).has_value();
  const bool surely_not = positional || state_.unset.contains(name) || Find(name) != nullptr;
  const bool list = expansion.subscript == "@" || expansion.subscript == "*";
  if (surely_not || list) {
    if (state_.nounset && !list) {
      flow_ = Flow::Ended;
      return {};
    }
    return {list ? std::vector<Word>{} : std::vector<Word>{WordAt("", part.span)}, list};
  }
  return {{Hole(name, part.span)}, false};
}

}  // namespace sandlint
