// How NftParser moves over its tokens.

#include <utility>

#include "scanner/parse/nft_parser.h"

namespace sandlint {

const NftToken& NftParser::Peek() {
  Stream* top = &streams_.back();
  while (streams_.size() > 1 && top->tokens[top->at].kind == NftTokenKind::End) {
    streams_.pop_back();
    top = &streams_.back();
  }
  return top->tokens[top->at];
}

const NftToken& NftParser::PeekAfter() {
  Peek();
  const Stream& top = streams_.back();
  return top.tokens[std::min(top.at + 1, top.tokens.size() - 1)];
}

NftToken NftParser::Take() {
  const NftToken token = Peek();
  if (token.kind != NftTokenKind::End) ++streams_.back().at;
  last_end_ = token.span.end;
  last_source_ = token.span.source;
  return token;
}

bool NftParser::TakePunct(std::string_view punct) {
  if (!Peek().Is(punct)) return false;
  Take();
  return true;
}

bool NftParser::TakeWord(std::string_view word) {
  if (!Peek().IsWord(word)) return false;
  Take();
  return true;
}

bool NftParser::AtEndOfStatement() {
  // The end of an included file ends its last line too.
  const Stream& top = streams_.back();
  if (top.tokens[top.at].kind == NftTokenKind::End) return true;
  const NftToken& token = Peek();
  return token.kind == NftTokenKind::Newline || token.Is(";") || token.Is("}");
}

void NftParser::SkipNewlines() {
  while (Peek().kind == NftTokenKind::Newline) Take();
}

void NftParser::SkipSeparators() {
  while (Peek().kind == NftTokenKind::Newline || Peek().Is(";")) Take();
}

void NftParser::ExpectSeparator(std::string_view after) {
  const Stream& top = streams_.back();
  if (top.tokens[top.at].kind == NftTokenKind::End) return;
  if (Peek().kind == NftTokenKind::Newline || Peek().Is(";")) {
    Take();
    return;
  }
  if (!failed_) {
    Problem(NftTrouble::Refused, Peek().span,
            "a line end or a semicolon is missing after " + std::string(after));
  }
  if (!Peek().Is("}")) SkipStatement();
}

void NftParser::SkipStatement() {
  int depth = 0;
  for (;;) {
    const NftToken& token = Peek();
    if (token.kind == NftTokenKind::End) return;
    if (depth == 0 && AtEndOfStatement()) return;
    if (token.Is("{")) ++depth;
    if (token.Is("}")) --depth;
    Take();
  }
}

std::string NftParser::TakeName(std::string_view what) {
  const NftToken& token = Peek();
  if (token.kind == NftTokenKind::Word || token.kind == NftTokenKind::String) {
    return std::string(Take().text);
  }
  if (token.kind == NftTokenKind::Variable) {
    const auto* value = Lookup(token.text);
    if (value != nullptr && Resolved(**value).kind == NftKind::Word) {
      Take();
      return Resolved(**value).text;
    }
  }
  Fail(what);
  return {};
}

void NftParser::Problem(NftTrouble trouble, Span where, std::string text) {
  constexpr std::size_t kMostProblems = 1000;
  if (file_.problems.size() < kMostProblems) {
    file_.problems.push_back({trouble, where, std::move(text)});
  }
}

Span NftParser::From(const NftToken& first) const {
  if (last_source_ != first.span.source || last_end_ < first.span.end) return first.span;
  return {first.span.source, first.span.begin, last_end_};
}

}  // namespace sandlint
