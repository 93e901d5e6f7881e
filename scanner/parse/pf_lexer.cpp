// The characters of pf.conf, after lgetc() and yylex() of pfctl's parse.y: a backslash joins lines
// (in comments too), `#` starts a comment, quotes keep everything, macros are replaced by their
// text outside of quotes.

#include "scanner/parse/pf_lexer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sandlint {
namespace {

constexpr std::size_t kMaxUnfolded = std::size_t{8} * 1024 * 1024;

bool IsAlnum(int c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// May `c` start a bare word? pfctl takes digits, letters, `:` and `_`; other bytes start one here
/// too where they would be an error there.
bool StartsWord(int c) { return IsAlnum(c) || c == ':' || c == '_' || c == '.' || c == '*'; }

bool InWord(int c) {
  constexpr std::string_view kOutside = "(){}<>!=/#,";
  return c > ' ' && c < 0x7F && kOutside.find(static_cast<char>(c)) == std::string_view::npos;
}

}  // namespace

PfLexer::Char PfLexer::Raw() {
  if (!pushed_.empty()) {
    const Char last = pushed_.back();
    pushed_.pop_back();
    return last;
  }
  if (at_ >= source_.text.size()) return {-1, at_, at_, false};
  const auto byte = static_cast<unsigned char>(source_.text[at_]);
  ++at_;
  return {byte, at_ - 1, at_, false};
}

PfLexer::Char PfLexer::Get() {
  for (;;) {
    Char c = Raw();
    if (c.value == '\r') {
      const Char after = Raw();
      Unget(after);
      if (after.value == '\n') continue;
      c.value = ' ';
    }
    if (c.value != '\\') return c;
    Char next = Raw();
    if (next.value == '\r') next = Raw();
    if (next.value == '\n') continue;
    return next;  // the backslash itself is dropped
  }
}

void PfLexer::Unget(Char character) {
  if (character.value >= 0) pushed_.push_back(character);
}

PfToken PfLexer::Make(PfTokenKind kind, std::string text, const Char& first,
                      const Char& last) const {
  return {kind, std::move(text), {&source_, first.begin, std::max(last.end, first.end)}};
}

bool PfLexer::Unfold(const Char& dollar, PfToken& error) {
  std::string name;
  Char last = dollar;
  for (Char c = Get();; c = Get()) {
    if (IsAlnum(c.value) || c.value == '_') {
      name += static_cast<char>(c.value);
      last = c;
      continue;
    }
    Unget(c);
    break;
  }
  const auto macro = macros_.find(name);
  if (macro == macros_.end()) {
    error = Make(PfTokenKind::Error, "the macro `" + name + "` is not defined", dollar, last);
    return false;
  }
  unfolded_ += macro->second.size();
  if (unfolded_ > kMaxUnfolded) {
    error = Make(PfTokenKind::Error, "macros unfold to too much text", dollar, last);
    return false;
  }
  for (auto at = macro->second.rbegin(); at != macro->second.rend(); ++at) {
    pushed_.push_back({static_cast<unsigned char>(*at), dollar.begin, last.end, true});
  }
  return true;
}

PfToken PfLexer::ReadQuoted(const Char& quote) {
  std::string text;
  Char last = quote;
  for (Char c = Raw(); c.value >= 0; c = Raw()) {
    last = c;
    if (c.value == quote.value) return Make(PfTokenKind::Quoted, std::move(text), quote, last);
    if (c.value == '\n') continue;
    if (c.value == '\\') {
      const Char next = Raw();
      if (next.value == quote.value || next.value == ' ' || next.value == '\t') {
        c = next;
      } else if (next.value == '\n') {
        continue;
      } else {
        Unget(next);
      }
    }
    text += static_cast<char>(c.value);
  }
  return Make(PfTokenKind::Error, "a string is not closed", quote, last);
}

PfToken PfLexer::ReadWord(const Char& first) {
  std::string text(1, static_cast<char>(first.value));
  Char last = first;
  for (Char c = Get();; c = Get()) {
    if (!InWord(c.value)) {
      Unget(c);
      break;
    }
    text += static_cast<char>(c.value);
    last = c;
  }
  return Make(PfTokenKind::Word, std::move(text), first, last);
}

PfToken PfLexer::ReadSign(const Char& first) {
  constexpr std::array<std::string_view, 6> kPairs = {"!=", "<>", "<=", "><", ">=", "->"};
  std::string text(1, static_cast<char>(first.value));
  const Char next = Get();
  if (next.value >= 0) {
    const std::string pair = text + static_cast<char>(next.value);
    if (std::find(kPairs.begin(), kPairs.end(), pair) != kPairs.end()) {
      return Make(PfTokenKind::Sign, pair, first, next);
    }
  }
  Unget(next);
  return Make(PfTokenKind::Sign, std::move(text), first, first);
}

PfToken PfLexer::Next() {
  for (;;) {
    Char c = Get();
    while (c.value == ' ' || c.value == '\t') c = Get();
    if (c.value == '#') {
      while (c.value >= 0 && c.value != '\n') c = Get();
    }
    if (c.value < 0) return Make(PfTokenKind::End, {}, c, c);
    if (c.value == '\n') return Make(PfTokenKind::Newline, "\n", c, c);
    if (c.value == '$' && !c.expanded) {
      PfToken error;
      if (!Unfold(c, error)) return error;
      continue;
    }
    if (c.value == '"' || c.value == '\'') return ReadQuoted(c);
    if (StartsWord(c.value)) return ReadWord(c);
    return ReadSign(c);
  }
}

}  // namespace sandlint
