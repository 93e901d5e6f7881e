// The small words of an strace line: strings with C escapes, descriptors with what -y adds.

#include <algorithm>

#include "scanner/parse/strace.h"

namespace sandlint {
namespace {

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Up to `most` digits of base `base` from `at` on.
char Digits(std::string_view text, std::size_t& at, int base, int most) {
  int value = 0;
  for (; most > 0 && at < text.size(); --most, ++at) {
    const int digit = base == 8 && !IsOctal(text[at]) ? -1 : HexValue(text[at]);
    if (digit < 0) break;
    value = value * base + digit;
  }
  return static_cast<char>(value);
}

char Escape(std::string_view text, std::size_t& at) {
  const char c = text[at];
  if (IsOctal(c)) return Digits(text, at, 8, 3);
  ++at;
  if (c == 'x') return Digits(text, at, 16, 2);
  constexpr std::string_view kNames = "abfnrtv";
  constexpr std::string_view kValues = "\a\b\f\n\r\t\v";
  const std::size_t found = kNames.find(c);
  return found == std::string_view::npos ? c : kValues[found];
}

}  // namespace

TraceString DecodeTraceString(std::string_view printed) {
  TraceString result;
  if (printed.starts_with('@')) printed.remove_prefix(1);  // an abstract socket
  if (!printed.starts_with('"')) return result;
  result.is_string = true;
  std::size_t at = 1;
  while (at < printed.size() && printed[at] != '"') {
    if (printed[at] == '\\' && at + 1 < printed.size()) {
      ++at;
      result.bytes += Escape(printed, at);
    } else {
      result.bytes += printed[at++];
    }
  }
  result.truncated = at >= printed.size() || printed.substr(at + 1).starts_with("...");
  return result;
}

std::string_view DescriptorPath(std::string_view printed) {
  const std::size_t open = printed.find('<');
  if (open == std::string_view::npos || !printed.ends_with('>')) return {};
  // A deleted file is `3</tmp/x (deleted)>` or `3</tmp/x>(deleted)`.
  std::string_view path = printed.substr(open + 1, printed.size() - open - 2);
  if (path.ends_with(" (deleted)")) path.remove_suffix(10);
  return path;
}

}  // namespace sandlint
