// Statements of nat, and those that fill sets.

#include <utility>

#include "scanner/parse/nft_parser.h"

namespace sandlint {

/// dnat [ip|ip6] [prefix] to ADDR[:PORT] [flags], dnat ADDR, redirect [to [:]PORT], masquerade …
void NftParser::Nat(NftStatement& statement) {
  statement.kind = NftDo::Nat;
  Take();
  if (Peek().IsWord("ip") || Peek().IsWord("ip6")) {
    if (!PeekAfter().IsWord("saddr") && !PeekAfter().IsWord("daddr")) {
      statement.detail = std::string(Take().text);
    }
  }
  if (Peek().IsWord("addr") || Peek().IsWord("prefix") || Peek().IsWord("interval")) {
    statement.op = std::string(Take().text);
    if (TakePunct(".")) Take();
  }
  const auto flag = [](const NftToken& token) {
    return token.IsWord("random") || token.IsWord("fully-random") || token.IsWord("persistent");
  };
  TakeWord("to");
  if (!AtEndOfStatement() && !flag(Peek()) && !Peek().IsWord("comment") &&
      !(Peek().kind == NftTokenKind::Word && IsVerdictWord(Peek().text))) {
    if (!Peek().Is(":")) {
      statement.left = Right(true, false);
      if (TakeWord("map"))
        statement.left = Wrap(NftKind::Map, "", statement.left, Right(false, false));
    }
    if (TakePunct(":")) {
      statement.right = Right(true, false);
      if (TakeWord("map"))
        statement.right = Wrap(NftKind::Map, "", statement.right, Right(false, false));
    }
  }
  while (flag(Peek()) || Peek().Is(",")) Take();
}

/// add @s { key : data }, set update key @s, meter m { key limit rate … }, flow add @f
void NftParser::FillSet(NftStatement& statement) {
  statement.kind = NftDo::FillSet;
  const NftToken first = Take();
  if (first.text == "flow" || first.text == "set") statement.word = std::string(Take().text);
  if (first.text == "meter" || (first.text == "flow" && statement.word == "table")) {
    Take();
    while (!AtEndOfStatement() && !Peek().Is("{")) Take();
    statement.left = Right(true, false);
    statement.detail = "meter";
    return;
  }
  if (first.text == "flow") {
    statement.kind = NftDo::Elsewhere;
    while (!AtEndOfStatement()) Take();
    return;
  }
  if (first.text == "set") {
    statement.left = Right(true, false);
    statement.right = Right(true, false);
    return;
  }
  statement.right = Primary(false);
  statement.left = Right(true, false);
}

}  // namespace sandlint
