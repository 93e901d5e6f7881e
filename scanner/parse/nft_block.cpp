// Blocks of an nft file: tables, chains, sets and the other objects of a table.

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "scanner/parse/nft_parser.h"

namespace sandlint {
namespace {

constexpr std::array<std::string_view, 7> kObjects{"counter", "quota",     "limit",   "ct",
                                                   "secmark", "flowtable", "synproxy"};

NftExpr WordExpr(const NftToken& token) {
  NftExpr expr;
  expr.kind = token.kind == NftTokenKind::Hole ? NftKind::Hole : NftKind::Word;
  expr.quoted = token.kind == NftTokenKind::String;
  expr.text = std::string(token.text);
  expr.span = token.span;
  return expr;
}

}  // namespace

void NftParser::TableCommand(NftCommand command) {
  command.object = NftObject::Table;
  TakePlace(command);
  if (!Peek().Is("{")) {
    if (!AtEndOfStatement()) DeleteRest(command);
    file_.commands.push_back(command);
    return ExpectSeparator("table");
  }
  const NftToken open = Take();
  scopes_.emplace_back();
  // nft makes the objects of a block first, and the rules of its chains after them.
  std::vector<NftCommand> early;
  std::vector<NftCommand> rules;
  NftCommand part = command;
  part.verb = NftVerb::Add;
  for (;;) {
    SkipSeparators();
    if (Peek().Is("}") || Peek().kind == NftTokenKind::End) break;
    failed_ = false;
    if (Peek().IsWord("flags")) {
      Take();
      do command.flags.push_back(std::string(Take().text));
      while (TakePunct(","));
      ExpectSeparator("flags");
    } else {
      TableItem(part, early, rules);
    }
  }
  if (!TakePunct("}")) Problem(NftTrouble::Refused, open.span, "this block is not closed");
  scopes_.pop_back();
  file_.commands.push_back(std::move(command));
  for (auto* list : {&early, &rules}) {
    for (NftCommand& each : *list) file_.commands.push_back(std::move(each));
  }
  ExpectSeparator("a table");
}

bool NftParser::IsObjectType(const NftToken& token) {
  return token.kind == NftTokenKind::Word &&
         std::ranges::find(kObjects, token.text) != kObjects.end();
}

void NftParser::TableItem(const NftCommand& table, std::vector<NftCommand>& early,
                          std::vector<NftCommand>& rules) {
  if (CommonLine()) return;
  NftCommand part = table;
  part.span = Peek().span;
  if (TakeWord("comment")) {
    Take();
    return ExpectSeparator("comment");
  }
  if (TakeWord("chain")) {
    part.object = NftObject::Chain;
    part.name = TakeName("the name of a chain");
    std::vector<NftCommand> own;
    ChainBlock(part, &own);
    rules.insert(rules.end(), std::make_move_iterator(own.begin()),
                 std::make_move_iterator(own.end()));
  } else if (Peek().IsWord("set") || Peek().IsWord("map")) {
    part.object = NftObject::Set;
    part.set.is_map = Take().text == "map";
    part.name = TakeName("the name of a set");
    SetBlock(part);
  } else if (IsObjectType(Peek())) {
    part.object = Peek().IsWord("flowtable") ? NftObject::Flowtable : NftObject::Named;
    part.object_type = std::string(Take().text);
    if (part.object_type == "ct") part.object_type += " " + std::string(Take().text);
    part.name = TakeName("a name");
    NamedBlock(part);
  } else {
    Problem(NftTrouble::Refused, Peek().span, "a table holds chains, sets, maps and named objects");
    failed_ = true;
    SkipStatement();
    if (Peek().Is(";") || Peek().kind == NftTokenKind::Newline) Take();
    return;
  }
  early.push_back(std::move(part));
  ExpectSeparator("a block");
}

void NftParser::ChainBlock(NftCommand& chain, std::vector<NftCommand>* rules) {
  const NftToken open = Peek();
  chain.chain.span = chain.span;
  if (!TakePunct("{")) {
    Fail("{");
    return SkipStatement();
  }
  scopes_.emplace_back();
  for (;;) {
    SkipSeparators();
    if (Peek().Is("}") || Peek().kind == NftTokenKind::End) break;
    failed_ = false;
    if (CommonLine() || ChainItem(chain.chain)) continue;
    NftCommand rule = chain;
    rule.object = NftObject::Rule;
    rule.verb = NftVerb::Add;
    rule.chain = {};
    const Stream* before = &streams_.back();
    const std::size_t at = before->at;
    rule.rule = Rule();
    rule.span = rule.rule.span;
    rules->push_back(std::move(rule));
    ExpectSeparator("a rule");
    if (&streams_.back() == before && before->at == at) Take();  // always on
  }
  if (!TakePunct("}")) Problem(NftTrouble::Refused, open.span, "this block is not closed");
  scopes_.pop_back();
}

bool NftParser::ChainItem(NftChainSpec& spec) {
  const NftToken& token = Peek();
  const NftToken& after = PeekAfter();
  if (token.IsWord("type") && after.kind == NftTokenKind::Word) {
    HookLine(spec);
    return true;
  }
  if (token.IsWord("policy")) {
    const NftToken first = Take();
    spec.policy = Primary(false);
    spec.policy.span = From(first);
    if (spec.policy.kind == NftKind::None) SkipStatement();
    ExpectSeparator("policy");
    return true;
  }
  if (token.IsWord("comment") && after.kind == NftTokenKind::String) {
    Take();
    Take();
    ExpectSeparator("comment");
    return true;
  }
  if (token.IsWord("flags") || (token.IsWord("devices") && after.Is("="))) {
    const bool devices = Take().text == "devices";
    devices ? TakeDevices(spec) : SkipStatement();
    ExpectSeparator("flags");
    return true;
  }
  return false;
}

/// type T hook H [device D | devices = { … }] priority P
void NftParser::HookLine(NftChainSpec& spec) {
  Take();
  spec.type = WordExpr(Take());
  if (!TakeWord("hook")) {
    Fail("hook");
    return SkipStatement();
  }
  spec.hook = WordExpr(Take());
  if (TakeWord("device")) {
    spec.devices.push_back(Primary(false));
  } else if (TakeWord("devices")) {
    TakeDevices(spec);
  }
  if (!TakeWord("priority")) {
    Fail("priority");
    return SkipStatement();
  }
  spec.priority = Priority();
  ExpectSeparator("priority");
}

void NftParser::TakeDevices(NftChainSpec& spec) {
  if (!TakePunct("=")) Fail("=");
  const NftExpr set = Right(false, true);
  const NftExpr& value = Resolved(set);
  if (value.kind == NftKind::Set) {
    for (const NftExpr& part : value.parts) spec.devices.push_back(part);
  } else {
    spec.devices.push_back(set);
  }
}

/// A number, a name, or a name with an offset: the last as Binary `+` or `-`.
NftExpr NftParser::Priority() {
  const NftToken first = Peek();
  NftExpr sum;
  if (TakePunct("-")) {
    sum = Primary(false);
    sum.text.insert(0, "-");
  } else {
    sum = Primary(false);
    // "filter-5" is one word for the lexer.
    const std::size_t dash = sum.text.find('-');
    if (sum.kind == NftKind::Word && dash != std::string::npos && dash > 0) {
      NftExpr offset = sum;
      offset.text = sum.text.substr(dash + 1);
      sum.text.resize(dash);
      sum = Wrap(NftKind::Binary, "-", sum, offset);
    }
  }
  for (const std::string_view sign : {"+", "-"}) {
    if (TakePunct(sign)) sum = Wrap(NftKind::Binary, std::string(sign), sum, Primary(false));
  }
  sum.span = From(first);
  return sum;
}

void NftParser::SetBlock(NftCommand& set) {
  const NftToken open = Peek();
  set.set.span = set.span;
  if (!TakePunct("{")) {
    Fail("{");
    return SkipStatement();
  }
  for (;;) {
    SkipSeparators();
    if (Peek().Is("}") || Peek().kind == NftTokenKind::End) break;
    failed_ = false;
    if (CommonLine()) continue;
    // nft wants nothing behind these two, and takes `elements = { … } }` (observed with 1.0.6).
    const bool ends_itself = Peek().IsWord("elements") || Peek().IsWord("auto-merge");
    SetItem(set);
    if (!ends_itself || failed_) ExpectSeparator("this");
  }
  if (!TakePunct("}")) Problem(NftTrouble::Refused, open.span, "this block is not closed");
}

void NftParser::SetItem(NftCommand& set) {
  const NftToken word = Take();
  if (word.IsWord("type") || word.IsWord("typeof")) {
    TakeSetType(set.set, word.text == "typeof");
  } else if (word.IsWord("flags")) {
    do set.set.flags.push_back(std::string(Take().text));
    while (TakePunct(","));
  } else if (word.IsWord("elements")) {
    if (!TakePunct("=")) Fail("=");
    NftExpr value = Right(false, true);
    const NftExpr& list = Resolved(value);
    if (value.kind == NftKind::Set) {
      std::ranges::move(value.parts, std::back_inserter(set.elements));
    } else if (list.kind == NftKind::Set) {
      set.elements.insert(set.elements.end(), list.parts.begin(), list.parts.end());
    } else {
      set.elements.push_back(std::move(value));
    }
  } else if (word.IsWord("auto-merge")) {
    set.set.auto_merge = true;
  } else if (word.IsWord("timeout")) {
    set.set.has_timeout = true;
    SkipStatement();
  } else if (word.kind == NftTokenKind::Word) {
    SkipStatement();  // size, policy, gc-interval, counter, comment: no effect on what matches
  } else {
    Problem(NftTrouble::Refused, word.span, "this is nothing that a set has");
    failed_ = true;
  }
}

void NftParser::TakeSetType(NftSetSpec& set, bool is_typeof) {
  set.is_typeof = is_typeof;
  do {
    set.key.push_back(is_typeof ? Or(true) : WordExpr(Take()));
  } while (TakePunct("."));
  if (!TakePunct(":")) return;
  set.data_is_verdict = Peek().IsWord("verdict");
  SkipStatement();
}

void NftParser::NamedBlock(NftCommand& object) {
  Peek().Is("{") ? SkipBlock() : SkipStatement();
  object.span = {object.span.source, object.span.begin, std::max(last_end_, object.span.end)};
}

void NftParser::SkipBlock() {
  const NftToken open = Take();
  int depth = 1;
  while (depth > 0) {
    const NftToken token = Take();
    if (token.kind == NftTokenKind::End) {
      return Problem(NftTrouble::Refused, open.span, "this block is not closed");
    }
    if (token.Is("{")) ++depth;
    if (token.Is("}")) --depth;
  }
}

}  // namespace sandlint
