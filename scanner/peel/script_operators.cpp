// The operators of `${…}`: changed, cut out, read through another name, not set.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "scanner/peel/script_expansion.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
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
  std::optional<std::string> text =
      ChangeText(item.text, op, pattern, replacement.text, plan_.work);
  if (!text) return Hole(part.text, part.span);
  if (*text == item.text) return item;
  Word changed = WordAt(std::move(*text), part.span);
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
  Arithmetic(from_word.text + " " + expansion.replacement.raw, part.span);
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
