#include "cli/mask.h"

#include <fmt/format.h>

#include <cctype>

#include "rules/token_formats.h"

namespace sandlint {
namespace {

constexpr std::string_view kMask = "***";

/// Credentials of a known shape.
std::string WithoutTokens(std::string_view text) {
  std::string shown;
  std::size_t at = 0;
  for (const FoundToken& token : FindTokens(text)) {
    const std::size_t end = token.begin + token.length;
    if (end <= at) continue;
    if (token.begin >= at) {
      shown += text.substr(at, token.begin - at);
      shown += kMask;
    }
    at = end;
  }
  shown += text.substr(at);
  return shown;
}

bool IsName(std::string_view name) {
  for (const char letter : name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '_' && letter != '-' &&
        letter != '.') {
      return false;
    }
  }
  return !name.empty();
}

bool NamesSecret(std::string_view word) {
  while (word.starts_with('-')) word.remove_prefix(1);
  return IsName(word) && IsSecretName(word);
}

/// `NAME=value`, `--name=value`, `Header: value` with the value of a secret's name masked.
std::string MaskedWord(std::string_view word) {
  const std::size_t end = word.find_first_of("=:");
  if (end != std::string_view::npos && NamesSecret(word.substr(0, end))) {
    const std::string_view value = word.substr(end + 1);
    if (!value.empty() && !IsPlaceholder(value)) {
      return fmt::format("{}{}", word.substr(0, end + 1), kMask);
    }
  }
  return WithoutTokens(word);
}

}  // namespace

std::vector<std::string> MaskedWords(const std::vector<std::string>& words) {
  std::vector<std::string> shown;
  bool expected = false;  // the word before names a secret
  for (const std::string& word : words) {
    const bool value = expected && !word.starts_with('-') && !word.starts_with('/') &&
                       !word.empty() && !IsPlaceholder(word);
    shown.push_back(value ? std::string(kMask) : MaskedWord(word));
    expected = !value && NamesSecret(word);
  }
  return shown;
}

std::string MaskedText(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t blank = text.find(' ');
    words.emplace_back(text.substr(0, blank));
    if (blank == std::string_view::npos) break;
    text.remove_prefix(blank + 1);
  }
  return fmt::format("{}", fmt::join(MaskedWords(words), " "));
}

}  // namespace sandlint
