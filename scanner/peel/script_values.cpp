// Parameter expansion: `$X`, `${X:-y}`, `${X#p}`, `${a[@]}` and the rest of them.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "scanner/peel/script_expansion.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
ShellValue ScriptPath::ValueOf(const ShellPart& part, bool first, const ShellWord& word) {
  RunInner(part);
  switch (part.kind) {
    case ShellPartKind::Literal:
      if (part.dollar_quoted && Lacks("$'…'", part.span))
        return {{Hole(word.raw, part.span)}, false};
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

namespace {

bool IsBashOperator(const ShellExpansion& expansion) {
  const std::string_view op = expansion.op;
  return expansion.prefix == '!' || !expansion.subscript.empty() || op == ":" ||
         (!op.empty() && std::string_view("/,^@").find(op[0]) != std::string_view::npos);
}

}  // namespace

ShellValue ScriptPath::ExpansionOf(const ShellExpansion& expansion, const ShellPart& part) {
  if (IsBashOperator(expansion) && Lacks("${x/…}", part.span)) {
    flow_ = Flow::Ended;  // a bad substitution
    return {};
  }
  ShellValue value = PlainExpansion(expansion, part);
  const bool star = expansion.name == "*" || expansion.subscript == "*";
  if (!star || !part.quoted || !value.list) return value;
  return {{Joined(value.items, part.span)}, false};
}

/// `"$*"`: one word, with the first character of IFS between.
Word ScriptPath::Joined(const std::vector<Word>& items, const Span& span) {
  const ShellVariable* ifs = Find("IFS");
  std::string between = " ";
  if (ifs != nullptr && !ifs->items.empty()) {
    if (!ifs->items[0].Known()) return Hole("*", span);
    between = ifs->items[0].text.substr(0, 1);
  }
  Word word = WordAt("", span);
  for (std::size_t index = 0; index < items.size(); ++index) {
    if (index > 0) AppendText(word, between);
    AppendWord(word, items[index]);
  }
  return word;
}

ShellValue ScriptPath::PlainExpansion(const ShellExpansion& expansion, const ShellPart& part) {
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
  if (op == '@') {
    if (expansion.op.size() > 1 || expansion.argument.raw.find('P') != std::string::npos) {
      LaunchUnknown(WordAt(part.text, part.span), "it may run the commands in its value");
    }
    return {{Hole(part.text, part.span, true)}, false};
  }
  bool known = true;
  const std::string pattern = ExpandPattern(expansion.argument, known);
  const Word replacement = ExpandText(expansion.replacement);
  // From bash 5.2 on `&` stands for what was matched.
  if (op == '/' && replacement.text.find_first_of("&\\") != std::string::npos) known = false;
  for (Word& item : value->items)
    item = Changed(item, expansion.op, pattern, known, replacement, part);
  return std::move(*value);
}

}  // namespace sandlint
