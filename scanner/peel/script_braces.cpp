// Brace expansion: `a{b,c}d`, `{1..3}`.

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "scanner/peel/script_expansion.h"

namespace sandlint {
namespace {

std::vector<ShellWord> Braces(const ShellWord& word, int depth);

bool IsPlainPiece(const ShellPart& part) {
  return part.kind == ShellPartKind::Literal && !part.quoted;
}

constexpr long kMaxRange = 200;

/// Plain pieces in a row as one: the grammar cuts `{a..c}` in three.
ShellWord Merged(const ShellWord& word) {
  ShellWord merged = word;
  merged.parts.clear();
  for (const ShellPart& part : word.parts) {
    const bool joins = !merged.parts.empty() && IsPlainPiece(part) &&
                       IsPlainPiece(merged.parts.back()) && !part.dollar_quoted;
    if (joins) {
      merged.parts.back().text += part.text;
    } else {
      merged.parts.push_back(part);
    }
  }
  return merged;
}

/// `{x}{a,b}`: what stands behind a brace that is none is not taken apart.
ShellWord LaterUnknown(const ShellWord& word, std::size_t part, std::size_t close) {
  ShellWord result = word;
  for (std::size_t index = part; index < word.parts.size(); ++index) {
    const std::size_t from = index == part ? close : 0;
    if (!IsPlainPiece(word.parts[index])) continue;
    const std::size_t open = word.parts[index].text.find('{', from);
    if (open == std::string::npos) continue;
    const std::string rest = word.parts[index].text.substr(open);
    const bool expands =
        rest.find(',') != std::string::npos || rest.find("..") != std::string::npos;
    if (expands) result.parts[index].kind = ShellPartKind::Unknown;
  }
  return result;
}

ShellWord Replaced(const ShellWord& word, std::size_t part, std::size_t open, std::size_t close,
                   const std::string& text) {
  ShellWord one = word;
  std::string& whole = one.parts[part].text;
  whole = whole.substr(0, open) + text + whole.substr(close + 1);
  return one;
}

/// `{1..3}`, `{a..c}`: what stands between `open` and `close` of a part; a word of which nothing is
/// known where it is more unusual.
std::vector<ShellWord> Range(const ShellWord& word, std::size_t part, std::size_t open,
                             std::size_t close, bool one_part) {
  const std::string inner =
      one_part ? word.parts[part].text.substr(open + 1, close - open - 1) : std::string();
  const std::size_t dots = inner.find("..");
  const bool nested = word.parts[part].text.find('{', open + 1) < close;
  if (!one_part || dots == std::string::npos || nested) return {LaterUnknown(word, part, close)};
  const std::string from = inner.substr(0, dots);
  const std::string to = inner.substr(dots + 2);
  long first = 0;
  long last = 0;
  const auto number = [](const std::string& text, long& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool padded = text.size() > 1 && (text[0] == '0' || text.starts_with("-0"));
    return !text.empty() && !padded && error == std::errc() && end == text.data() + text.size();
  };
  const bool numbers = number(from, first) && number(to, last);
  const bool letters = from.size() == 1 && to.size() == 1 && !numbers &&
                       std::islower(static_cast<unsigned char>(from[0])) != 0 &&
                       std::islower(static_cast<unsigned char>(to[0])) != 0;
  if (letters) {
    first = from[0];
    last = to[0];
  }
  if ((!numbers && !letters) || first < -kMaxRange || last < -kMaxRange ||
      std::max(first, last) > 100 * kMaxRange || std::abs(last - first) > kMaxRange) {
    ShellWord unknown = word;
    unknown.parts[part].kind = ShellPartKind::Unknown;
    return {unknown};
  }
  std::vector<ShellWord> results;
  const long step = first <= last ? 1 : -1;
  for (long value = first;; value += step) {
    const std::string text =
        numbers ? std::to_string(value) : std::string(1, static_cast<char>(value));
    for (ShellWord& one : Braces(Replaced(word, part, open, close, text), 1)) {
      results.push_back(std::move(one));
    }
    if (value == last) break;
  }
  return results;
}

/// `a{b,c}d` -> `abd`, `acd`: over the parts of a word.
std::vector<ShellWord> Braces(const ShellWord& word, int depth) {
  if (depth >= 4 && word.raw.find('{') != std::string::npos) {
    ShellWord unknown = word;
    for (ShellPart& part : unknown.parts) {
      if (part.text.find('{') != std::string::npos) part.kind = ShellPartKind::Unknown;
    }
    return {unknown};
  }
  for (std::size_t first = 0; first < word.parts.size() && depth < 4; ++first) {
    if (!IsPlainPiece(word.parts[first])) continue;
    const std::size_t open = word.parts[first].text.find('{');
    if (open == std::string::npos) continue;
    std::vector<ShellWord> middles(1);
    bool comma = false;
    int level = 0;
    for (std::size_t index = first; index < word.parts.size(); ++index) {
      const ShellPart& part = word.parts[index];
      if (!IsPlainPiece(part)) {
        middles.back().parts.push_back(part);
        continue;
      }
      ShellPart piece = part;
      piece.text.clear();
      for (std::size_t at = index == first ? open + 1 : 0; at < part.text.size(); ++at) {
        const char c = part.text[at];
        if (c == '{') ++level;
        if (c == ',' && level == 0) {
          if (!piece.text.empty()) middles.back().parts.push_back(piece);
          piece.text.clear();
          middles.emplace_back();
          comma = true;
          continue;
        }
        if (c != '}' || level-- > 0) {
          piece.text += c;
          continue;
        }
        if (!comma) return Range(word, first, open, at, index == first);
        if (!piece.text.empty()) middles.back().parts.push_back(piece);
        ShellWord tail;
        if (at + 1 < part.text.size()) {
          tail.parts.push_back(part);
          tail.parts.back().text = part.text.substr(at + 1);
        }
        tail.parts.insert(tail.parts.end(),
                          word.parts.begin() + static_cast<std::ptrdiff_t>(index + 1),
                          word.parts.end());
        std::vector<ShellWord> results;
        for (const ShellWord& middle : middles) {
          ShellWord joined;
          joined.span = word.span;
          joined.raw = word.raw;
          joined.parts.assign(word.parts.begin(),
                              word.parts.begin() + static_cast<std::ptrdiff_t>(first));
          if (open > 0) {
            joined.parts.push_back(word.parts[first]);
            joined.parts.back().text.resize(open);
          }
          joined.parts.insert(joined.parts.end(), middle.parts.begin(), middle.parts.end());
          joined.parts.insert(joined.parts.end(), tail.parts.begin(), tail.parts.end());
          for (ShellWord& one : Braces(joined, depth + 1)) results.push_back(std::move(one));
        }
        return results;
      }
      if (!piece.text.empty()) middles.back().parts.push_back(piece);
    }
    return {word};
  }
  return {word};
}

}  // namespace

std::vector<ShellWord> ExpandBraces(const ShellWord& word) { return Braces(Merged(word), 0); }

}  // namespace sandlint
