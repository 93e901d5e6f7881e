#include "scanner/peel/script_words.h"

#include <algorithm>

namespace sandlint {

std::vector<Word> OperandsOf(const std::vector<Word>& words) {
  std::vector<Word> operands;
  bool dashes = false;
  for (std::size_t at = 1; at < words.size(); ++at) {
    if (!dashes && words[at].text == "--") {
      dashes = true;
    } else if (dashes || !IsOption(words[at])) {
      operands.push_back(words[at]);
    }
  }
  return operands;
}

bool HasOption(const std::vector<Word>& words, char letter, std::string_view name) {
  return std::ranges::any_of(words, [&](const Word& word) {
    if (word.text.starts_with("--")) return std::string_view(word.text).substr(2) == name;
    return IsOption(word) && word.text.find(letter, 1) != std::string::npos;
  });
}

bool HasOnlyOptions(const std::vector<Word>& words, std::string_view letters) {
  for (std::size_t at = 1; at < words.size(); ++at) {
    const Word& word = words[at];
    if (word.text == "--") return true;
    if (word.StartsUnknown()) return false;
    if (IsOption(word) && word.text.find_first_not_of(letters, 1) != std::string::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace sandlint
