#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.h"

namespace sandlint {

enum class PfTokenKind : std::uint8_t {
  End,
  Newline,
  Word,    ///< a bare word or a number
  Quoted,  ///< a string in quotes: never a keyword
  Sign,    ///< one of `{ } ( ) , / < > ! = != <= >= >< <> -> -` or another single character
  Error,   ///< `text` says what is wrong
};

struct PfToken {
  PfTokenKind kind = PfTokenKind::End;
  std::string text;
  Span span;

  bool Is(std::string_view sign) const { return kind == PfTokenKind::Sign && text == sign; }
  bool IsWord(std::string_view word) const { return kind == PfTokenKind::Word && text == word; }
  bool IsText() const { return kind == PfTokenKind::Word || kind == PfTokenKind::Quoted; }
};

/// The macros defined so far; a file that is included shares them.
using PfMacros = std::map<std::string, std::string, std::less<>>;

/// Tokens of one file. A macro is replaced character by character, as pfctl does it
/// (`$ext_if:network` is one word); what it unfolds to has the span of the `$name`.
class PfLexer {
 public:
  PfLexer(const Source& source, const PfMacros& macros) : source_(source), macros_(macros) {}
  PfToken Next();

 private:
  struct Char {
    int value = -1;  ///< -1: the end
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    bool expanded = false;
  };

  Char Raw();
  Char Get();
  void Unget(Char character);
  PfToken Make(PfTokenKind kind, std::string text, const Char& first, const Char& last) const;
  PfToken ReadQuoted(const Char& quote);
  PfToken ReadWord(const Char& first);
  PfToken ReadSign(const Char& first);
  bool Unfold(const Char& dollar, PfToken& error);

  const Source& source_;
  const PfMacros& macros_;
  std::uint32_t at_ = 0;
  std::vector<Char> pushed_;
  std::size_t unfolded_ = 0;
};

}  // namespace sandlint
