#include "scanner/parse/pf.h"

#include <algorithm>
#include <array>

#include "scanner/parse/pf_parser.h"

namespace sandlint {

Word WordOf(const PfToken& token) { return {token.text, token.span, {}, -1}; }

PfFile ParsePf(const Source& source, const PfReader& reader) {
  PfFile file;
  PfParser(reader, file).ParseSource(source, file.statements);
  return file;
}

const PfOption* PfRule::Find(std::string_view option) const {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const PfOption& one) { return one.name.text == option; });
  return found == options.end() ? nullptr : &*found;
}

bool PfRule::IsAnchor() const {
  return action >= PfAction::Anchor && action <= PfAction::DummynetAnchor;
}

bool PfTable::Has(std::string_view flag) const {
  return std::any_of(flags.begin(), flags.end(),
                     [&](const Word& word) { return word.text == flag; });
}

std::vector<const PfRule*> RulesOf(const std::vector<PfStatement>& statements) {
  std::vector<const PfRule*> rules;
  for (const PfStatement& statement : statements) {
    if (const auto* rule = std::get_if<PfRule>(&statement.value)) rules.push_back(rule);
  }
  return rules;
}

const char* NameOf(PfAction action) {
  constexpr std::array<const char*, 16> kNames = {
      "pass",         "block",           "match",    "scrub",      "nat",        "rdr",
      "binat",        "antispoof",       "anchor",   "nat-anchor", "rdr-anchor", "binat-anchor",
      "scrub-anchor", "dummynet-anchor", "dummynet", "ether"};
  return kNames.at(static_cast<std::size_t>(action));
}

// Tokens.

void PfParser::Advance() {
  last_ = now_.span;
  now_ = lexer_->Next();
  if (now_.kind == PfTokenKind::Error) Fail(now_.text);
}

PfToken PfParser::Take() {
  PfToken token = now_;
  if (token.kind != PfTokenKind::End) Advance();
  return token;
}

bool PfParser::TakeSign(std::string_view sign) {
  if (failed_ || !now_.Is(sign)) return false;
  Advance();
  return true;
}

bool PfParser::TakeWord(std::string_view word) {
  if (failed_ || !now_.IsWord(word)) return false;
  Advance();
  return true;
}

Word PfParser::TakeText(std::string_view what) {
  if (!failed_ && now_.IsText()) return WordOf(Take());
  Fail(std::string(what) + " is missing");
  return {};
}

bool PfParser::AtEnd() const {
  return now_.kind == PfTokenKind::End || now_.kind == PfTokenKind::Newline || now_.Is("}");
}

void PfParser::Fail(std::string text) {
  if (failed_) return;
  failed_ = true;
  file_.problems.push_back({now_.span, std::move(text)});
}

void PfParser::SkipNewlines() {
  while (!failed_ && now_.kind == PfTokenKind::Newline) Advance();
}

/// To the end of the line, as pfctl goes on after an error.
void PfParser::SkipStatement() {
  while (now_.kind != PfTokenKind::Newline && now_.kind != PfTokenKind::End) Advance();
}

Span PfParser::Since(const Span& first) const {
  if (last_.source != first.source || last_.end < first.end) return first;
  return {first.source, first.begin, last_.end};
}

/// The words between brackets, which nest; the opening one is taken already.
std::vector<Word> PfParser::Parenthesized() {
  std::vector<Word> words;
  for (int open = 1; !failed_;) {
    if (now_.kind == PfTokenKind::End) Fail("a bracket is not closed");
    const PfToken token = Take();
    if (token.Is("(")) ++open;
    if (token.Is(")") && --open == 0) break;
    if (token.kind != PfTokenKind::Newline && !token.Is(",")) words.push_back(WordOf(token));
  }
  return words;
}

}  // namespace sandlint
