#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "rules/facts.h"
#include "rules/token_formats.h"

namespace sandlint {

std::string JoinWords(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index > 0) text += index + 1 == words.size() ? " and " : ", ";
    text += words[index];
  }
  return text;
}

std::string JoinSome(const std::vector<std::string>& words, std::size_t limit) {
  if (words.size() <= limit) return JoinWords(words);
  std::vector<std::string> shown(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(limit));
  shown.push_back(fmt::format("{} more", words.size() - limit));
  return JoinWords(shown);
}

std::string Tilde(std::string_view path, const std::vector<std::string>& homes) {
  if (!homes.empty() && path.starts_with(homes.front() + "/")) {
    return "~" + std::string(path.substr(homes.front().size()));
  }
  return std::string(path);
}

std::string WhenOf(const Launch& launch) {
  return launch.condition_text.empty() ? "" : " when " + Quote(launch.condition_text);
}

std::string Quote(std::string_view text) {
  constexpr std::size_t kLongest = 80;
  if (FindToken(text)) return "(a word that holds a secret)";
  std::size_t end = std::min(text.size(), kLongest);
  // Not in the middle of a UTF-8 sequence.
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  std::string quoted(text.substr(0, end));
  // A message is one line.
  for (char& c : quoted) c = static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return end < text.size() ? quoted + "…" : quoted;
}

std::string WordsOf(const Because& because) {
  return because.empty() ? std::string() : Quote(because.front().text);
}

}  // namespace sandlint
