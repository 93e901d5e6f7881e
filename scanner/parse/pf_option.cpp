// The clauses behind the peers of a rule, one row each (pf.conf(5) of OpenBSD 7, FreeBSD 14,
// macOS).

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/parse/pf_clause.h"
#include "scanner/parse/pf_parser.h"

namespace sandlint {
namespace {

using Shape = PfShape;

/// Can `token` be the key of source-hash, and not the next clause?
bool IsHashKey(const PfToken& token) {
  constexpr std::string_view kNext[] = {"all", "from", "to", "inet", "inet6", "proto"};
  if (token.kind == PfTokenKind::Quoted) return true;
  return token.kind == PfTokenKind::Word && FindPfClause(token.text) == nullptr &&
         std::find(std::begin(kNext), std::end(kNext), token.text) == std::end(kNext);
}

}  // namespace

/// Reads what belongs to one clause. A friend of the parser, so that the header need not name each.
struct PfOptionTable {
  PfParser& parser;
  PfRule& rule;
  PfOption& option;

  void Words(int count, std::string_view sign) const {
    option.words.push_back(parser.TakeText("a value"));
    for (int more = 1; more < count && parser.TakeSign(sign); ++more) {
      option.words.push_back(parser.TakeText("a value"));
    }
  }

  void One() const {
    while (parser.TakeSign("!") || parser.TakeSign("=")) option.words.push_back({"!", {}, {}, -1});
    parser.List([&] { option.words.push_back(parser.TakeText("a value")); });
  }

  void OneOrMany() const {
    if (parser.TakeSign("(")) {
      option.words = parser.Parenthesized();
    } else {
      One();
    }
  }

  /// A second `user` puts its list before the first, as pfctl does it.
  void Ids(std::vector<PfMatch>& ids) const {
    std::vector<PfMatch> more;
    parser.List([&] { more.push_back(parser.Match(false)); });
    ids.insert(ids.begin(), more.begin(), more.end());
  }

  void Flags() const {
    if (parser.TakeWord("any")) {
      option.words.push_back({"any", parser.last_, {}, -1});
      return;
    }
    Word set;
    if (!parser.now_.Is("/")) set = parser.TakeText("flags");
    const std::string::size_type slash = set.text.find('/');
    option.words.push_back(slash == std::string::npos ? set : Part(set, 0, slash));
    if (slash != std::string::npos) {
      option.words.push_back(Part(set, slash + 1));
    } else if (parser.TakeSign("/")) {
      option.words.push_back(parser.TakeText("flags"));
    }
  }

  void Icmp(int family) const {
    parser.List([&] {
      PfIcmp icmp{parser.TakeText("an ICMP type"), {}, family};
      if (parser.TakeWord("code")) icmp.code = parser.TakeText("an ICMP code");
      rule.icmp.push_back(std::move(icmp));
    });
  }

  void State() const {
    if (!parser.TakeWord("state")) return parser.Fail("`state` is missing");
    option.name.text += " state";
    if (parser.TakeSign("(")) option.words = parser.Parenthesized();
  }

  void Set() const {
    if (parser.TakeSign("(")) {
      option.words = parser.Parenthesized();
      return;
    }
    option.words.push_back(parser.TakeText("what to set"));
    OneOrManyMore();
  }

  void OneOrManyMore() const {
    if (parser.TakeSign("(")) {
      for (Word& word : parser.Parenthesized()) option.words.push_back(std::move(word));
    } else {
      option.words.push_back(parser.TakeText("a value"));
    }
  }

  void Divert() const {
    if (!parser.now_.IsWord("port")) option.words.push_back(parser.TakeText("an address"));
    if (parser.TakeWord("port")) option.words.push_back(parser.TakeText("a port"));
  }

  void Af() const {
    if (!parser.TakeWord("inet") && !parser.TakeWord("inet6"))
      return parser.Fail("a family is missing");
    option.words.push_back({std::string(parser.last_.Text()), parser.last_, {}, -1});
    if (!parser.TakeWord("from")) return parser.Fail("`from` is missing");
    parser.List([&] { option.hosts.push_back(parser.Host()); });
    if (!parser.TakeWord("to")) return;
    parser.List([&] { option.hosts.push_back(parser.Host()); });
  }

  void Percent() const {
    option.words.push_back(parser.TakeText("a percentage"));
    parser.TakeSign("%");
  }

  void Read(Shape shape) const;
};

void PfOptionTable::Read(Shape shape) const {
  switch (shape) {
    case Shape::Bare:
      return;
    case Shape::One:
      return One();
    case Shape::OneOrMany:
      return OneOrMany();
    case Shape::Users:
      return Ids(rule.users);
    case Shape::Groups:
      return Ids(rule.groups);
    case Shape::Flags:
      return Flags();
    case Shape::Icmp:
      return Icmp(4);
    case Shape::Icmp6:
      return Icmp(6);
    case Shape::State:
      return State();
    case Shape::NoState:
      return State();
    case Shape::Target:
      return parser.Translate(rule, option);
    case Shape::Route:
      return parser.RouteHosts(option);
    case Shape::Number2:
      return Words(2, "/");
    case Shape::Portset:
      return Words(3, "/");
    case Shape::Set:
      return Set();
    case Shape::Divert:
      return Divert();
    case Shape::Hash:
      if (IsHashKey(parser.now_)) option.words.push_back(parser.TakeText("a key"));
      return;
    case Shape::Af:
      return Af();
    case Shape::Fragment:  // of scrub: `fragment reassemble`
      if (rule.action == PfAction::Scrub) option.words.push_back(parser.TakeText("how"));
      return;
    case Shape::Reassemble:
      option.words.push_back(parser.TakeText("`tcp`"));
      return;
    case Shape::Percent:
      return Percent();
  }
}

/// One clause; false where there is none.
bool PfParser::Option(PfRule& rule) {
  if (failed_) return false;
  const bool negated = TakeSign("!");
  if (now_.kind != PfTokenKind::Word) return false;
  const PfClause* row = FindPfClause(now_.text);
  if (row == nullptr || (negated && row->name != "tagged" && row->name != "received-on")) {
    return false;
  }
  PfOption option;
  option.name = WordOf(Take());
  if (negated) option.name.text.insert(0, "!");
  option.support = row->support;
  PfOptionTable{*this, rule, option}.Read(row->shape);
  if (option.support == Support::Unmodelled) {
    file_.notes.push_back({Support::Unmodelled, option.name, Facet::Egress,
                           "whether it applies is known at run time only"});
  }
  const bool in_rule = row->shape == Shape::Users || row->shape == Shape::Groups ||
                       row->shape == Shape::Icmp || row->shape == Shape::Icmp6;
  if (!failed_ && !in_rule) rule.options.push_back(std::move(option));
  return !failed_;
}

void PfParser::Options(PfRule& rule) {
  while (!failed_ && !AtEnd() && !now_.Is("{")) {
    if (!Option(rule)) {
      Fail("`" + now_.text + "` is not understood here");
      return;
    }
  }
}

/// Behind `nat-to`, `->` and their kin: addresses and a port; pool words are clauses of their own.
void PfParser::Translate(PfRule& /*rule*/, PfOption& option) {
  List([&] { option.hosts.push_back(Host()); });
  if (TakeWord("port")) PoolPort(option);
}

/// `2121`, `1024:65535` or `1024:*`.
void PfParser::PoolPort(PfOption& option) {
  const Word word = TakeText("a port");
  option.words.push_back(word);
  if (TakeSign("*")) option.words.back().text += "*";
}

/// `en0`, `(en0 10.0.0.1)`, `10.0.0.1@en0`, or a list of them; the interface is the word.
void PfParser::RouteHosts(PfOption& option) {
  List([&] {
    if (!TakeSign("(")) {
      option.hosts.push_back(Host());
      option.words.push_back({});
      return;
    }
    option.words.push_back(TakeText("an interface"));
    option.hosts.emplace_back();
    if (!now_.Is(")")) option.hosts.back() = Host();
    if (!TakeSign(")")) Fail("`)` is missing");
  });
}

}  // namespace sandlint
