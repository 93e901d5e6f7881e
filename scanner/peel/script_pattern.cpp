#include <algorithm>
#include <string_view>

#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

/// `[…]` at `pattern[0]`; the length of the bracket, 0 when it is not closed.
std::size_t MatchBracket(char c, std::string_view pattern, bool& matches) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  const std::size_t first = at;
  while (at < pattern.size() && (pattern[at] != ']' || at == first)) {
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

}  // namespace

bool MatchesPattern(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (at < text.size()) {
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

}  // namespace sandlint
