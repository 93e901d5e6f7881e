#include "rules/secret_value.h"

#include <re2/re2.h>

#include <cctype>

#include "rules/token_formats.h"

namespace sandlint {
namespace {

constexpr std::size_t kShortest = 4;

bool Matches(std::string_view text, const RE2& pattern) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

}  // namespace

bool IsHarmlessValue(std::string_view value) {
  static const RE2 kPlain(
      "(?i)^(?:[~./]|[a-z]:\\\\|[a-z][a-z0-9+.-]*://|true$|false$|yes$|no$|on$|off$|[0-9]{1,5}$)");
  if (value.size() < kShortest || Matches(value, kPlain)) return true;
  return IsPlaceholder(value) && !HasTokenShape(value);
}

Letters LettersOf(std::string_view text) {
  Letters letters;
  bool letter_before = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool digit = std::isdigit(byte) != 0;
    letters.upper += std::isupper(byte) != 0;
    letters.lower += std::islower(byte) != 0;
    letters.digits += digit;
    letters.others += std::isalnum(byte) == 0;
    letters.turns += digit && letter_before;
    letter_before = std::isalpha(byte) != 0;
  }
  return letters;
}

bool LooksRandom(std::string_view text) {
  static const RE2 kLetters("^[A-Za-z0-9_~+=.%-]{10,}$");
  static const RE2 kFileName("\\.[A-Za-z]{1,5}[0-9]?$");
  if (!Matches(text, kLetters) || Matches(text, kFileName) || IsPlaceholder(text)) return false;
  const Letters letters = LettersOf(text);
  if (letters.digits == 0) return false;
  return (letters.upper > 0 && letters.lower > 0) || (text.size() >= 16 && letters.turns >= 3);
}

}  // namespace sandlint
