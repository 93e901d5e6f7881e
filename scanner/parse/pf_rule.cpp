// Rules of pf.conf: the words of each action in the order in which pfctl takes them. A word out of
// order is an error there, so it is one here.

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/parse/pf_parser.h"
#include "scanner/parse/service_names.h"

namespace sandlint {
namespace {

struct ActionRow {
  std::string_view name;
  PfAction action;
};
constexpr ActionRow kActions[] = {
    {"anchor", PfAction::Anchor},
    {"antispoof", PfAction::Antispoof},
    {"binat", PfAction::Binat},
    {"binat-anchor", PfAction::BinatAnchor},
    {"block", PfAction::Block},
    {"dummynet", PfAction::Dummynet},
    {"dummynet-anchor", PfAction::DummynetAnchor},
    {"ether", PfAction::Ether},
    {"match", PfAction::Match},
    {"nat", PfAction::Nat},
    {"nat-anchor", PfAction::NatAnchor},
    {"pass", PfAction::Pass},
    {"rdr", PfAction::Rdr},
    {"rdr-anchor", PfAction::RdrAnchor},
    {"scrub", PfAction::Scrub},
    {"scrub-anchor", PfAction::ScrubAnchor},
};

/// A name of /etc/protocols, also those that only BSD has, or a number.
std::optional<std::uint8_t> NumberOfProtocol(std::string_view name) {
  struct Bsd {
    std::string_view name;
    std::uint8_t number;
  };
  constexpr Bsd kBsd[] = {
      {"carp", 112}, {"icmp6", 58}, {"ipv4", 4}, {"mobileip", 55}, {"pfsync", 240}};
  const auto* row = std::find_if(std::begin(kBsd), std::end(kBsd),
                                 [&](const Bsd& one) { return one.name == name; });
  if (row != std::end(kBsd)) return row->number;
  if (const auto number = ParseDecimal(name); number && *number < 256) {
    return static_cast<std::uint8_t>(*number);
  }
  return ProtocolOfName(name);
}

bool IsTranslation(PfAction action) {
  return action == PfAction::Nat || action == PfAction::Rdr || action == PfAction::Binat;
}

}  // namespace

void PfParser::No(const PfToken& first, Statements& out) {
  PfRule rule;
  rule.negated = true;
  const PfToken action = now_;
  if (!TakeWord("nat") && !TakeWord("rdr") && !TakeWord("binat") && !TakeWord("scrub")) {
    return Fail("`no` stands before nat, rdr, binat or scrub");
  }
  rule.span = first.span;
  Rule(action, std::move(rule), out);
}

void PfParser::Rule(const PfToken& first, PfRule rule, Statements& out) {
  const auto* row = std::find_if(std::begin(kActions), std::end(kActions),
                                 [&](const ActionRow& one) { return first.text == one.name; });
  if (row == std::end(kActions)) {
    failed_ = true;
    file_.problems.push_back({first.span, "`" + first.text + "` starts no statement"});
    return;
  }
  rule.action = row->action;
  const Span begin = rule.span ? rule.span : first.span;
  if (rule.action == PfAction::Ether || rule.action == PfAction::Dummynet) {
    Opaque(rule);
  } else if (rule.action == PfAction::Antispoof) {
    Antispoof(rule);
  } else if (IsTranslation(rule.action)) {
    Translation(rule);
  } else {
    Filter(rule);
  }
  rule.span = Since(begin);
  if (rule.action == PfAction::Anchor && now_.Is("{")) AnchorBody(rule);
  if (!failed_) out.push_back({std::move(rule)});
}

void PfParser::Filter(PfRule& rule) {
  if (rule.IsAnchor()) AnchorName(rule);
  if (rule.action == PfAction::Block) BlockResponse(rule);
  Head(rule);
  Options(rule);
  CheckFilter(rule);
}

/// What filter_consistent() of pfctl refuses, as far as it could change what a rule means.
void PfParser::CheckFilter(const PfRule& rule) {
  if (rule.IsAnchor() || rule.action == PfAction::Scrub) return;
  const auto all = [&](std::initializer_list<int> numbers) {
    return !rule.protocols.empty() &&
           std::all_of(rule.protocols.begin(), rule.protocols.end(), [&](const PfProtocol& one) {
             return !one.number ||
                    std::find(numbers.begin(), numbers.end(), *one.number) != numbers.end();
           });
  };
  if ((!rule.from.ports.empty() || !rule.to.ports.empty()) && !all({6, 17, 132})) {
    Fail("ports belong to tcp and udp only");
  }
  if (!rule.icmp.empty() && !all({1, 58})) Fail("an ICMP type belongs to proto icmp or icmp6");
}

/// dir, log and quick, interface, route, family, protocol, peers.
void PfParser::Head(PfRule& rule) {
  Direction(rule);
  LogQuick(rule);
  Interfaces(rule);
  while (now_.IsWord("route-to") || now_.IsWord("reply-to") || now_.IsWord("dup-to") ||
         now_.IsWord("fastroute")) {
    if (!Option(rule)) return;
    // pool words of the old grammar, where the route stands before the family
    while (!failed_ && now_.kind == PfTokenKind::Word && !now_.IsWord("inet") &&
           !now_.IsWord("inet6") && !now_.IsWord("proto") && !now_.IsWord("all") &&
           !now_.IsWord("from") && !now_.IsWord("to")) {
      if (!Option(rule)) break;
    }
  }
  Family(rule);
  Protocols(rule);
  FromTo(rule);
}

void PfParser::BlockResponse(PfRule& rule) {
  constexpr std::string_view kResponses[] = {"drop", "return", "return-rst", "return-icmp",
                                             "return-icmp6"};
  if (std::find(std::begin(kResponses), std::end(kResponses), now_.text) == std::end(kResponses) ||
      now_.kind != PfTokenKind::Word) {
    return;
  }
  rule.response.push_back(WordOf(Take()));
  if (rule.response[0].text.size() <= 6 || !TakeSign("(")) return;
  for (Word& word : Parenthesized()) rule.response.push_back(std::move(word));
}

void PfParser::Direction(PfRule& rule) {
  if (TakeWord("in")) {
    rule.direction = PfDirection::In;
  } else if (TakeWord("out")) {
    rule.direction = PfDirection::Out;
  }
}

void PfParser::LogQuick(PfRule& rule) {
  for (int round = 0; round < 2; ++round) {
    if (!rule.quick && TakeWord("quick")) {
      rule.quick = true;
    } else if (rule.log.empty() && (now_.IsWord("log") || now_.IsWord("log-all"))) {
      rule.log.push_back(WordOf(Take()));
      if (!TakeSign("(")) continue;
      for (Word& word : Parenthesized()) rule.log.push_back(std::move(word));
    }
  }
}

void PfParser::NatPassLog(PfRule& rule) {
  rule.passes = TakeWord("pass");
  if (now_.IsWord("log") || now_.IsWord("log-all")) LogQuick(rule);
}

void PfParser::InterfaceItem(PfRule& rule) {
  PfInterface item;
  item.negated = TakeSign("!");
  if (now_.IsWord("rdomain")) Advance();
  const bool bracket = TakeSign("(");
  item.name = TakeText("an interface");
  if (bracket && !TakeSign(")")) Fail("`)` is missing");
  rule.interfaces.push_back(std::move(item));
}

void PfParser::Interfaces(PfRule& rule) {
  if (!TakeWord("on")) return;
  const bool domain = now_.IsWord("rdomain");
  List([&] { InterfaceItem(rule); });
  if (!domain || rule.interfaces.empty()) return;
  PfOption option{{"on rdomain", rule.interfaces[0].name.span, {}, -1}, {}, {}, {}};
  option.support = Support::Unmodelled;
  rule.options.push_back(std::move(option));
  rule.interfaces.clear();
}

void PfParser::Family(PfRule& rule) {
  if (TakeWord("inet")) rule.family = 4;
  if (rule.family == 0 && TakeWord("inet6")) rule.family = 6;
}

void PfParser::Protocols(PfRule& rule) {
  if (!TakeWord("proto")) return;
  List([&] {
    Word word = TakeText("a protocol");
    const std::optional<std::uint8_t> number = NumberOfProtocol(word.text);
    rule.protocols.push_back({std::move(word), number});
  });
}

void PfParser::FromTo(PfRule& rule) {
  if (TakeWord("all")) return;
  if (TakeWord("from")) Peer(rule.from);
  if (now_.IsWord("os")) {
    Advance();
    List([&] { rule.from.os.push_back(TakeText("an operating system")); });
  }
  if (TakeWord("to")) Peer(rule.to);
}

/// nat, rdr, binat: head, tag and tagged, `-> address…` with pool words.
void PfParser::Translation(PfRule& rule) {
  NatPassLog(rule);
  Interfaces(rule);
  Family(rule);
  Protocols(rule);
  FromTo(rule);
  while (!failed_ && !AtEnd() && !now_.Is("->")) {
    if (!Option(rule)) return Fail("`" + now_.text + "` is not understood here");
  }
  if (rule.negated && !now_.Is("->")) return;
  PfOption target;
  target.name = WordOf(now_);
  target.support = Support::Modelled;
  if (!TakeSign("->")) return Fail("`->` is missing");
  Translate(rule, target);
  if (!failed_) rule.options.push_back(std::move(target));
  Options(rule);
}

void PfParser::Antispoof(PfRule& rule) {
  LogQuick(rule);
  rule.direction = PfDirection::In;
  if (!TakeWord("for")) return Fail("`for` is missing");
  List([&] { InterfaceItem(rule); });
  Family(rule);
  Options(rule);
}

/// Scrub and translation anchors have a name always, filter anchors unless they have a body.
void PfParser::AnchorName(PfRule& rule) {
  constexpr std::string_view kNext[] = {"in",    "out",   "log", "quick", "on", "inet",
                                        "inet6", "proto", "all", "from",  "to"};
  const bool keyword = now_.kind == PfTokenKind::Word &&
                       std::find(std::begin(kNext), std::end(kNext), now_.text) != std::end(kNext);
  if (now_.IsText() && !keyword) rule.name = WordOf(Take());
  while (now_.Is("/") || now_.Is("*")) {  // `com.apple/*` without quotes is an error in pfctl
    return Fail("the name of an anchor with `/` wants quotes");
  }
}

void PfParser::AnchorBody(PfRule& rule) {
  Advance();
  rule.has_body = true;
  if (++depth_ > kPfMaxDepth) return Fail("anchors are nested too deep");
  Statements_(rule.body, true);
  --depth_;
  if (!TakeSign("}")) Fail("the body of an anchor is not closed");
}

/// Layer 2 rules and traffic shaping: the words up to the end, with brackets closed.
void PfParser::Opaque(PfRule& rule) {
  PfOption words;
  words.name = {"…", now_.span, {}, -1};
  int open = 0;
  while (!failed_ && now_.kind != PfTokenKind::End) {
    if (now_.kind == PfTokenKind::Newline && open == 0) break;
    if (now_.Is("}") && open == 0) break;
    const PfToken token = Take();
    open += token.Is("{") ? 1 : token.Is("}") ? -1 : 0;
    words.words.push_back(WordOf(token));
  }
  if (rule.action == PfAction::Ether) {
    words.support = Support::Unmodelled;
    file_.notes.push_back(
        {Support::Unmodelled, words.name, Facet::Egress, "rules on Ethernet frames"});
  }
  rule.options.push_back(std::move(words));
}

}  // namespace sandlint
