#include "scanner/grant/glob.h"

#include <cstddef>

namespace sandlint {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

struct Bracket {
  bool matches = false;
  std::size_t end = kNone;  ///< behind the `]`; kNone: no bracket expression
};

Bracket MatchBracket(std::string_view pattern, std::size_t at, char c) {
  std::size_t next = at + 1;
  const bool negated = next < pattern.size() && (pattern[next] == '!' || pattern[next] == '^');
  if (negated) ++next;
  bool found = false;
  for (bool first = true; next < pattern.size(); first = false) {
    if (pattern[next] == ']' && !first) return {found != negated && c != '/', next + 1};
    const char low = pattern[next++];
    char high = low;
    if (next + 1 < pattern.size() && pattern[next] == '-' && pattern[next + 1] != ']') {
      high = pattern[next + 1];
      next += 2;
    }
    found = found || (low <= c && c <= high);
  }
  return {};
}

/// One element of the pattern against one character; where the pattern goes on, kNone: no match.
std::size_t MatchOne(std::string_view pattern, std::size_t at, char c) {
  if (pattern[at] == '?') return c == '/' ? kNone : at + 1;
  if (pattern[at] == '[') {
    const Bracket bracket = MatchBracket(pattern, at, c);
    if (bracket.end != kNone) return bracket.matches ? bracket.end : kNone;
  }
  return pattern[at] == c ? at + 1 : kNone;
}

}  // namespace

bool HasWildcard(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool MatchesPath(std::string_view pattern, std::string_view path) {
  std::size_t in_pattern = 0;
  std::size_t in_path = 0;
  std::size_t star = kNone;  // behind the last `*`
  std::size_t tried = 0;     // where its match ends so far
  while (in_path < path.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = ++in_pattern;
      tried = in_path;
      continue;
    }
    const std::size_t next =
        in_pattern < pattern.size() ? MatchOne(pattern, in_pattern, path[in_path]) : kNone;
    if (next != kNone) {
      in_pattern = next;
      ++in_path;
    } else if (star != kNone && path[tried] != '/') {
      in_pattern = star;
      in_path = ++tried;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

}  // namespace sandlint
