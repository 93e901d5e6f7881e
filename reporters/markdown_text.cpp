#include "reporters/markdown_text.h"

#include <algorithm>
#include <cctype>

#include "reporters/visible.h"

namespace sandlint {
namespace {

constexpr std::size_t kLongest = 200;

std::size_t LongestRun(std::string_view text, char letter) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == letter ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

/// Words, digits and the punctuation that no Markdown dialect reads as anything else.
bool IsProse(std::string_view text) {
  constexpr std::string_view kAllowed = " ,;()'?";
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool last = at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == ')';
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || kAllowed.find(c) != kAllowed.npos) {
      continue;
    }
    // Within a word: `www.x.y`, `:emoji:`, `GH-1`, `- item`.
    if ((c == '.' || c == ':') && last && at > 0) continue;
    if (c == '-' && at > 0 && !last &&
        std::islower(static_cast<unsigned char>(text[at - 1])) != 0) {
      continue;
    }
    return false;
  }
  return true;
}

std::string EscapedPipes(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string CodeSpan(std::string_view text, bool in_table) {
  if (text.empty()) return "(empty)";
  std::string shown = Shortened(Visible(text), kLongest);
  if (in_table) shown = EscapedPipes(shown);
  const std::string fence(LongestRun(shown, '`') + 1, '`');
  const bool blanks = shown.front() == ' ' && shown.back() == ' ' &&
                      shown.find_first_not_of(' ') != std::string::npos;
  const bool pad = shown.front() == '`' || shown.back() == '`' || blanks;
  const std::string_view edge = pad ? " " : "";
  return fence + std::string(edge) + shown + std::string(edge) + fence;
}

std::string Prose(std::string_view text, bool in_table) {
  return IsProse(text) ? std::string(text) : CodeSpan(text, in_table);
}

}  // namespace sandlint
