// Expressions of an nft rule.

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/parse/nft_parser.h"

namespace sandlint {
namespace {

constexpr int kMostDepth = 64;

/// Words of the right-hand side that are operators there.
struct OperatorWord {
  std::string_view word;
  std::string_view op;
  int level;  ///< binds tighter when higher
};
constexpr std::array<OperatorWord, 10> kBinary{{{"|", "|", 0},
                                                {"or", "|", 0},
                                                {"^", "^", 1},
                                                {"xor", "^", 1},
                                                {"&", "&", 2},
                                                {"and", "&", 2},
                                                {"<<", "<<", 3},
                                                {"lshift", "<<", 3},
                                                {">>", ">>", 3},
                                                {"rshift", ">>", 3}}};

const OperatorWord* BinaryOf(const NftToken& token) {
  if (token.kind != NftTokenKind::Punct && token.kind != NftTokenKind::Word) return nullptr;
  const auto found = std::ranges::find(kBinary, token.text, &OperatorWord::word);
  return found == kBinary.end() ? nullptr : &*found;
}

}  // namespace

NftExpr NftParser::Fail(std::string_view expected) {
  if (!failed_) {
    const NftToken& at = Peek();
    const std::string found = at.kind == NftTokenKind::End       ? "the end of the file"
                              : at.kind == NftTokenKind::Newline ? "the end of the line"
                                                                 : "'" + std::string(at.text) + "'";
    Problem(NftTrouble::Refused, at.span,
            std::string(expected) + " is expected here, not " + found);
  }
  failed_ = true;
  return {};
}

NftExpr NftParser::Wrap(NftKind kind, std::string text, NftExpr left, NftExpr right) {
  NftExpr out;
  out.kind = kind;
  out.text = std::move(text);
  out.span = left.span;
  if (right.span.source == left.span.source && right.span.end > out.span.end) {
    out.span.end = right.span.end;
  }
  out.parts.push_back(std::move(left));
  out.parts.push_back(std::move(right));
  return out;
}

NftExpr NftParser::Left() { return Concat(true); }

/// A value; with `list` also `a, b`.
NftExpr NftParser::Right(bool selectors, bool list) {
  NftExpr first = Concat(selectors);
  if (!list || !Peek().Is(",") || failed_) return first;
  NftExpr out;
  out.kind = NftKind::List;
  out.span = first.span;
  out.parts.push_back(std::move(first));
  while (!failed_ && TakePunct(",")) {
    SkipNewlines();
    out.parts.push_back(Concat(selectors));
    out.span.end = std::max(out.span.end, last_end_);
  }
  return out;
}

NftExpr NftParser::Concat(bool selectors) {
  NftExpr first = RangeOf(selectors);
  if (!Peek().Is(".") || failed_) return first;
  NftExpr out;
  out.kind = NftKind::Concat;
  out.span = first.span;
  out.parts.push_back(std::move(first));
  while (!failed_ && TakePunct(".")) {
    SkipNewlines();
    out.parts.push_back(RangeOf(selectors));
  }
  out.span.end = std::max(out.span.end, last_end_);
  return out;
}

NftExpr NftParser::RangeOf(bool selectors) {
  NftExpr left = Or(selectors);
  if (failed_) return left;
  if (Peek().Is("-")) {
    Take();
    return Wrap(NftKind::Range, "", std::move(left), Or(selectors));
  }
  const bool prefix = Peek().Is("/") && PeekAfter().kind == NftTokenKind::Word &&
                      PeekAfter().text[0] >= '0' && PeekAfter().text[0] <= '9';
  if (prefix || (Peek().Is("/") && PeekAfter().kind == NftTokenKind::Variable)) {
    Take();
    left = Wrap(NftKind::Prefix, "", std::move(left), Primary(false));
    if (Peek().Is("-")) {  // a range of prefixes is no syntax of nft
      return Fail("no range of prefixes");
    }
  }
  return left;
}

/// Masks and shifts, left to right by how tight they bind.
NftExpr NftParser::Or(bool selectors) {
  std::vector<NftExpr> values{Primary(selectors)};
  std::vector<const OperatorWord*> operators;
  const auto fold = [&](int level) {
    while (!operators.empty() && operators.back()->level >= level) {
      NftExpr right = std::move(values.back());
      values.pop_back();
      values.back() = Wrap(NftKind::Binary, std::string(operators.back()->op),
                           std::move(values.back()), std::move(right));
      operators.pop_back();
    }
  };
  while (!failed_) {
    const OperatorWord* next = BinaryOf(Peek());
    if (next == nullptr) break;
    Take();
    fold(next->level);
    operators.push_back(next);
    values.push_back(Primary(selectors));
  }
  fold(0);
  return std::move(values.front());
}

NftExpr NftParser::Primary(bool selectors) {
  const NftToken first = Peek();
  NftExpr out;
  out.span = first.span;
  if (first.Is("{")) return SetLiteral();
  if (first.Is("(")) {
    if (++depth_ > kMostDepth) return Fail("less nesting");
    Take();
    out = Concat(selectors);
    --depth_;
    if (!failed_ && !TakePunct(")")) Fail(")");
    return out;
  }
  if (first.Is("[")) {
    Take();
    out = Primary(selectors);
    if (!failed_ && !TakePunct("]")) Fail("]");
    return out;
  }
  if (first.Is("!")) {
    Take();
    out.kind = NftKind::Not;
    out.parts.push_back(Primary(selectors));
    return out;
  }
  if (first.Is("*")) {
    Take();
    out.kind = NftKind::Any;
    return out;
  }
  if (first.Is("@")) {
    if (PeekAfter().kind == NftTokenKind::Word && selectors) {
      const std::string_view base = PeekAfter().text;
      if (base == "ll" || base == "nh" || base == "th" || base == "ih") return RawPayload();
    }
    Take();
    out.kind = NftKind::SetName;
    out.text = TakeName("the name of a set");
    out.span = From(first);
    return out;
  }
  if (selectors && AtSelector()) return Selector();
  switch (first.kind) {
    case NftTokenKind::Variable: {
      Take();
      out.kind = NftKind::Variable;
      out.text = std::string(first.text);
      if (const auto* value = Lookup(first.text)) {
        out.value = *value;
      } else {
        Problem(NftTrouble::Refused, first.span, "$" + out.text + " is not defined");
      }
      return out;
    }
    case NftTokenKind::Hole:
    case NftTokenKind::Word:
    case NftTokenKind::String:
      Take();
      out.kind = first.kind == NftTokenKind::Hole ? NftKind::Hole : NftKind::Word;
      out.quoted = first.kind == NftTokenKind::String;
      out.text = std::string(first.text);
      if (first.kind == NftTokenKind::Hole) {
        Problem(NftTrouble::Unclear, first.span,
                "what stands for ${" + out.text + "} is not known");
      }
      return out;
    default:
      return Fail("a value");
  }
}

NftExpr NftParser::SetLiteral() {
  const NftToken open = Take();
  NftExpr set;
  set.kind = NftKind::Set;
  if (++depth_ > kMostDepth) return Fail("less nesting");
  SkipNewlines();
  while (!failed_ && !Peek().Is("}")) {
    set.parts.push_back(Element());
    SkipNewlines();
    if (!TakePunct(",")) break;
    SkipNewlines();
  }
  --depth_;
  if (!failed_ && !TakePunct("}")) Fail(", or }");
  set.span = From(open);
  return set;
}

NftExpr NftParser::Element() {
  const NftToken first = Peek();
  const bool verdict_key = first.kind == NftTokenKind::Word && IsVerdictWord(first.text);
  NftExpr key = verdict_key ? TakeVerdict() : Concat(true);
  if (failed_) return key;
  ElementOptions(key);
  SkipNewlines();
  if (!TakePunct(":")) return key;
  SkipNewlines();
  const NftToken next = Peek();
  const bool verdict = next.kind == NftTokenKind::Word && IsVerdictWord(next.text);
  const bool expires = key.expires;
  NftExpr pair = Wrap(NftKind::Pair, "", std::move(key), verdict ? TakeVerdict() : Concat(true));
  pair.expires = expires;
  ElementOptions(pair);
  return pair;
}

/// timeout 1h, expires 3m, comment "x", counter packets 0 bytes 0, limit rate over 3/minute …
void NftParser::ElementOptions(NftExpr& element) {
  while (Peek().kind == NftTokenKind::Word && !failed_) {
    const std::string_view word = Peek().text;
    const bool timed = word == "timeout" || word == "expires";
    const bool limits = word == "limit" || word == "quota" || word == "ct";
    if (!timed && !limits && word != "comment" && word != "counter" && word != "last") {
      Fail(", or }");
      return;
    }
    element.expires = element.expires || timed;
    element.stateful = element.stateful || limits;
    Take();
    while (Peek().kind != NftTokenKind::End && !Peek().Is(",") && !Peek().Is("}") &&
           !Peek().Is(":") && Peek().kind != NftTokenKind::Newline) {
      if (Peek().IsWord("timeout") || Peek().IsWord("expires")) break;
      Take();
    }
  }
}

}  // namespace sandlint
