// One rule of an nft file: statements up to the end of the line.

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/parse/nft_parser.h"

namespace sandlint {
namespace {

constexpr std::array<std::string_view, 6> kVerdicts{"accept", "drop", "continue",
                                                    "return", "jump", "goto"};
constexpr std::array<std::string_view, 6> kOperators{"==", "!=", "<", ">", "<=", ">="};
constexpr std::array<std::string_view, 8> kOperatorWords{"eq", "ne", "lt", "gt",
                                                         "le", "ge", "",   ""};

template <typename Table>
bool Has(const Table& table, std::string_view word) {
  return !word.empty() && std::ranges::find(table, word) != table.end();
}

/// Statements that start with this word and say nothing about the packet's fate.
constexpr std::array<std::string_view, 5> kAside{"counter", "log", "last", "nftrace", "reset"};

constexpr std::array<std::string_view, 9> kLevels{"emerg",  "alert", "crit",  "err",  "warn",
                                                  "notice", "info",  "debug", "audit"};

}  // namespace

bool IsVerdictWord(std::string_view word) { return Has(kVerdicts, word); }

NftRule NftParser::Rule() {
  NftRule rule;
  const NftToken first = Peek();
  while (!AtEndOfStatement()) {
    if (Peek().IsWord("comment") && PeekAfter().kind == NftTokenKind::String) {
      Take();
      Take();
      if (!AtEndOfStatement()) {
        Problem(NftTrouble::Refused, Peek().span, "behind the comment a rule ends");
      }
      continue;
    }
    rule.statements.push_back(Statement());
    if (failed_) break;
  }
  rule.span = From(first);
  return rule;
}

NftStatement NftParser::Statement() {
  NftStatement statement;
  const NftToken first = Peek();
  statement.word = std::string(first.text);
  if (!KeywordStatement(statement)) ExpressionStatement(statement);
  if (failed_) {
    statement.kind = NftDo::Unknown;
    SkipStatement();
  }
  statement.span = From(first);
  return statement;
}

bool NftParser::KeywordStatement(NftStatement& statement) {
  const NftToken word = Peek();
  const std::string_view text = word.kind == NftTokenKind::Word ? word.text : "";
  if (Has(kVerdicts, text)) {
    statement.kind = NftDo::Verdict;
    statement.left = TakeVerdict();
  } else if (Has(kAside, text)) {
    Log(statement);
  } else if (text == "limit" || text == "quota") {
    Limit(statement);
  } else if (text == "reject") {
    Reject(statement);
  } else if (text == "dnat" || text == "snat" || text == "redirect" || text == "masquerade" ||
             text == "tproxy") {
    Nat(statement);
  } else if ((text == "add" || text == "update" || text == "delete" || text == "set" ||
              text == "meter" || text == "flow") &&
             (PeekAfter().Is("@") || text == "meter" || text == "set" ||
              PeekAfter().IsWord("table"))) {
    FillSet(statement);
  } else if (text == "notrack") {
    Take();
    statement.kind = NftDo::Untrack;
  } else if (text == "queue") {
    statement.kind = NftDo::Queue;
    while (!AtEndOfStatement()) Take();
  } else if (text == "dup" || text == "fwd" || text == "synproxy" || text == "flow" ||
             text == "xt") {
    statement.kind = text == "xt" ? NftDo::Unknown : NftDo::Elsewhere;
    while (!AtEndOfStatement()) Take();
  } else if (text == "ct" && PeekAfter().IsWord("count")) {
    statement.kind = NftDo::RunTime;
    Take();
    Take();
    TakeWord("over");
    Take();
  } else {
    return false;
  }
  return true;
}

NftExpr NftParser::TakeVerdict() {
  const NftToken word = Take();
  NftExpr verdict;
  verdict.kind = NftKind::Verdict;
  verdict.text = std::string(word.text);
  if (word.text == "jump" || word.text == "goto") {
    NftExpr target;
    target.kind = NftKind::Word;
    target.span = Peek().span;
    target.text = TakeName("the name of a chain");
    verdict.parts.push_back(std::move(target));
  }
  verdict.span = From(word);
  return verdict;
}

/// counter [packets N bytes N | name X], log [prefix S | level L | flags F …]…, last [used …]
void NftParser::Log(NftStatement& statement) {
  statement.kind = NftDo::Effectless;
  const std::string_view what = Take().text;
  if (what == "reset") {
    while (!AtEndOfStatement()) Take();
    return;
  }
  bool level = false;
  bool group = false;
  for (;;) {
    const NftToken option = Peek();
    const std::string_view text = option.kind == NftTokenKind::Word ? option.text : "";
    if (text == "level" && PeekAfter().kind == NftTokenKind::Word &&
        !Has(kLevels, PeekAfter().text)) {
      Problem(NftTrouble::Refused, PeekAfter().span, "there is no such level of a log");
    }
    if (text == "flags") {
      Take();
      if (TakeWord("ip") || TakeWord("tcp"))
        Take();
      else
        Take();
      while (TakePunct(",")) Take();
    } else if (text == "packets" || text == "bytes" || text == "name" || text == "prefix" ||
               text == "level" || text == "group" || text == "snaplen" ||
               text == "queue-threshold" || text == "used") {
      level = level || text == "level";
      group = group || text == "group";
      Take();
      // A named counter can be chosen by a map.
      ObjectName(statement, text == "name");
    } else {
      break;
    }
    if (level && group) {
      Problem(NftTrouble::Refused, option.span, "level and group of a log exclude each other");
      level = false;
    }
    if (failed_) return;
  }
}

/// A name, or a map that chooses one.
void NftParser::ObjectName(NftStatement& statement, bool object) {
  NftExpr value = Right(true, false);
  if (TakeWord("map")) {
    statement.left = std::move(value);
    statement.right = Right(false, false);
  } else if (object && value.kind == NftKind::Word) {
    statement.detail = value.text;
  }
}

/// Rates, volumes: words and numbers that only nft's own counters can decide.
void NftParser::Limit(NftStatement& statement) {
  statement.kind = NftDo::RunTime;
  const NftToken first = Peek();
  const std::string_view what = Take().text;
  if (what == "limit" && !Peek().IsWord("rate") && !Peek().IsWord("name")) {
    Problem(NftTrouble::Refused, first.span, "a limit has a rate or the name of one");
  }
  constexpr std::array<std::string_view, 21> kWords{
      "rate",   "over",   "until",   "burst",        "packets",       "bytes",         "kbytes",
      "mbytes", "gbytes", "used",    "second",       "minute",        "hour",          "day",
      "week",   "name",   "/second", "bytes/second", "kbytes/second", "mbytes/second", "packet"};
  bool named = false;
  while (!AtEndOfStatement()) {
    const NftToken& next = Peek();
    const bool number = next.kind == NftTokenKind::Word && !next.text.empty() &&
                        next.text[0] >= '0' && next.text[0] <= '9';
    const bool word = next.kind == NftTokenKind::Word && Has(kWords, next.text);
    if (!number && !word && !next.Is("/") && next.kind != NftTokenKind::Variable &&
        !(named && next.kind == NftTokenKind::String)) {
      break;
    }
    named = next.IsWord("name");
    Take();
    if (named) {
      ObjectName(statement, true);
      named = false;
      break;
    }
  }
  statement.word = std::string(what);
}

void NftParser::Reject(NftStatement& statement) {
  Take();
  statement.kind = NftDo::Reject;
  if (!TakeWord("with")) return;
  statement.detail = std::string(Take().text);
  TakeWord("type");
  if (!AtEndOfStatement()) Take();
  // `with icmp type port-unreachable`, `with icmpx 3`, `with tcp reset`: one word each.
}

/// Left is an expression; what follows says whether it is compared, looked up or assigned.
void NftParser::ExpressionStatement(NftStatement& statement) {
  statement.left = Left();
  if (failed_) return;
  const NftToken next = Peek();
  if (TakeWord("vmap")) {
    statement.kind = NftDo::Vmap;
    statement.right = Right(false, false);
    return;
  }
  if (TakeWord("set")) {
    statement.kind = NftDo::Mangle;
    statement.right = Right(true, false);
    // A class, as 1:10.
    if (statement.left.text == "meta priority" && TakePunct(":")) Primary(false);
    if (TakeWord("map"))
      statement.right = Wrap(NftKind::Map, "", statement.right, Right(false, false));
    return;
  }
  statement.kind = NftDo::Match;
  if (next.kind == NftTokenKind::Punct && Has(kOperators, next.text)) {
    statement.op = std::string(Take().text);
  } else if (next.kind == NftTokenKind::Word && Has(kOperatorWords, next.text)) {
    const auto index = std::ranges::find(kOperatorWords, next.text) - kOperatorWords.begin();
    statement.op = std::string(kOperators.at(static_cast<std::size_t>(index)));
    Take();
  }
  statement.right = Right(false, true);
  if (statement.left.text == "meta priority" && TakePunct(":")) Primary(false);  // 1:10
  if (Peek().Is("/") && !failed_) {  // tcp flags syn / syn,ack: a value under a mask
    Take();
    statement.right = Wrap(NftKind::Binary, "/", statement.right, Right(false, true));
  }
}

}  // namespace sandlint
