// Patterns, and the operators of `${…}` that change text by them.

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

#include "scanner/peel/script_expansion.h"

namespace sandlint {
namespace {

/// Real scripts need some thousand steps; a text of `a` against `*a*a*b` would take minutes.
constexpr std::size_t kMaxWork = 3'000'000;

struct ClassRow {
  std::string_view name;
  int (*is)(int);
};
constexpr auto kClasses = std::to_array<ClassRow>({{"alnum", std::isalnum},
                                                   {"alpha", std::isalpha},
                                                   {"blank", std::isblank},
                                                   {"cntrl", std::iscntrl},
                                                   {"digit", std::isdigit},
                                                   {"graph", std::isgraph},
                                                   {"lower", std::islower},
                                                   {"print", std::isprint},
                                                   {"punct", std::ispunct},
                                                   {"space", std::isspace},
                                                   {"upper", std::isupper},
                                                   {"xdigit", std::isxdigit}});

/// `[:alpha:]` at `pattern[0]`: its row, or null.
const ClassRow* ClassAt(std::string_view pattern) {
  if (!pattern.starts_with("[:")) return nullptr;
  const std::size_t end = pattern.substr(0, 12).find(":]");
  if (end == std::string_view::npos) return nullptr;
  const auto row = std::ranges::find(kClasses, pattern.substr(2, end - 2), &ClassRow::name);
  return row == kClasses.end() ? nullptr : &*row;
}

/// `[…]` at `pattern[0]`; the length of the bracket, 0 when it is not closed.
std::size_t MatchBracket(char c, std::string_view pattern, bool& matches) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  const std::size_t first = at;
  while (at < pattern.size() && (pattern[at] != ']' || at == first)) {
    if (const ClassRow* row = ClassAt(pattern.substr(at))) {
      found = found || row->is(static_cast<unsigned char>(c)) != 0;
      at += row->name.size() + 4;
      continue;
    }
    if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
    if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
      found = found || (pattern[at] <= c && c <= pattern[at + 2]);
      at += 3;
    } else {
      found = found || pattern[at] == c;
      ++at;
    }
  }
  if (at >= pattern.size()) return 0;
  matches = found != negated;
  return at + 1;
}

/// Does one character match what stands first in `pattern`, and how long is that?
bool MatchOne(char c, std::string_view pattern, std::size_t& length) {
  length = 1;
  if (pattern[0] == '?') return true;
  if (pattern[0] == '\\' && pattern.size() > 1) {
    length = 2;
    return pattern[1] == c;
  }
  if (pattern[0] == '[') {
    bool matches = false;
    const std::size_t bracket = MatchBracket(c, pattern, matches);
    if (bracket > 0) {
      length = bracket;
      return matches;
    }
  }
  return pattern[0] == c;
}

/// The shortest or longest prefix that a pattern matches, as a length.
std::size_t MatchedPrefix(std::string_view value, std::string_view pattern, bool longest,
                          std::size_t& work) {
  std::size_t found = std::string_view::npos;
  for (std::size_t length = 0; length <= value.size() && work < kMaxWork; ++length) {
    if (!MatchesPattern(value.substr(0, length), pattern, work)) continue;
    found = length;
    if (!longest) break;
  }
  return found;
}

std::size_t MatchedSuffix(std::string_view value, std::string_view pattern, bool longest,
                          std::size_t& work) {
  std::size_t found = std::string_view::npos;
  for (std::size_t length = 0; length <= value.size() && work < kMaxWork; ++length) {
    if (!MatchesPattern(value.substr(value.size() - length), pattern, work)) continue;
    found = length;
    if (!longest) break;
  }
  return found;
}

std::string Replace(const std::string& value, const std::string& op, const std::string& pattern,
                    const std::string& replacement, std::size_t& work) {
  if (op == "/#") {
    const std::size_t length = MatchedPrefix(value, pattern, true, work);
    return length == std::string::npos ? value : replacement + value.substr(length);
  }
  if (op == "/%") {
    const std::size_t length = MatchedSuffix(value, pattern, true, work);
    return length == std::string::npos ? value
                                       : value.substr(0, value.size() - length) + replacement;
  }
  std::string result;
  for (std::size_t at = 0; at < value.size() && work < kMaxWork;) {
    const std::size_t length =
        MatchedPrefix(std::string_view(value).substr(at), pattern, true, work);
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

std::string Changed(const std::string& value, const std::string& op, const std::string& pattern,
                    const std::string& replacement, std::size_t& work) {
  if (op == "#" || op == "##") {
    const std::size_t length = MatchedPrefix(value, pattern, op == "##", work);
    return length == std::string::npos ? value : value.substr(length);
  }
  if (op == "%" || op == "%%") {
    const std::size_t length = MatchedSuffix(value, pattern, op == "%%", work);
    return length == std::string::npos ? value : value.substr(0, value.size() - length);
  }
  if (op[0] == '/') return Replace(value, op, pattern, replacement, work);
  std::string result = value;
  const bool lower = op[0] == ',';
  for (std::size_t at = 0; at < result.size() && (op.size() > 1 || at == 0); ++at) {
    const auto c = static_cast<unsigned char>(result[at]);
    result[at] = static_cast<char>(lower ? std::tolower(c) : std::toupper(c));
  }
  return result;
}

}  // namespace

std::optional<long> NumberOf(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '0') return std::nullopt;  // octal
  if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string> ChangeText(const std::string& value, const std::string& op,
                                      const std::string& pattern, const std::string& replacement,
                                      std::size_t& work) {
  // `${x^pattern}` changes the letters that match.
  const bool letters = op[0] == ',' || op[0] == '^';
  if (letters && !pattern.empty()) return std::nullopt;
  std::string changed = Changed(value, op, pattern, replacement, work);
  if (work >= kMaxWork) return std::nullopt;
  return changed;
}

bool MatchesPattern(std::string_view text, std::string_view pattern, std::size_t& work) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (at < text.size() && work < kMaxWork) {
    ++work;
    if (in < pattern.size() && pattern[in] == '[') work += (pattern.size() - in) / 16;
    std::size_t length = 1;
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      mark = at;
    } else if (in < pattern.size() && MatchOne(text[at], pattern.substr(in), length)) {
      ++at;
      in += length;
    } else if (star != std::string_view::npos) {
      in = star + 1;
      at = ++mark;
    } else {
      return false;
    }
  }
  while (in < pattern.size() && pattern[in] == '*') ++in;
  return in == pattern.size();
}

bool IsUnusualPattern(std::string_view text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const bool operators = std::string_view("?*+@!").find(text[at]) != std::string_view::npos;
    if (operators && text[at + 1] == '(') return true;
    if (text[at] != '[') continue;
    if (text[at + 1] == '.' || text[at + 1] == '=') return true;
    if (text[at + 1] == ':' && ClassAt(text.substr(at)) == nullptr) return true;
  }
  return false;
}

}  // namespace sandlint
