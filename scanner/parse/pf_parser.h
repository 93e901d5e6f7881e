#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/parse/pf.h"
#include "scanner/parse/pf_lexer.h"

namespace sandlint {

/// Recursive descent over pf.conf, one statement at a time: what a statement defines (a macro)
/// holds for the tokens behind it. pf_statement.cpp has the statements, pf_rule.cpp the rules,
/// pf_peer.cpp hosts and ports, pf_option.cpp the clauses of a filter rule.
class PfParser {
 public:
  PfParser(const PfReader& reader, PfFile& file) : reader_(reader), file_(file) {}
  void ParseSource(const Source& source, std::vector<PfStatement>& out);

 private:
  friend struct PfOptionTable;
  using Statements = std::vector<PfStatement>;

  // Tokens.
  void Advance();
  PfToken Take();
  bool TakeSign(std::string_view sign);
  bool TakeWord(std::string_view word);
  Word TakeText(std::string_view what);
  bool AtEnd() const;
  void Fail(std::string text);
  void SkipNewlines();
  void SkipStatement();
  template <typename Item>
  void List(Item item);
  template <typename Item>
  void ListItems(Item item);
  std::vector<Word> Parenthesized();
  Span Since(const Span& first) const;

  // Statements.
  void Statements_(Statements& out, bool in_body);
  void Statement(Statements& out);
  void Keyword(const PfToken& first, Statements& out);
  void Macro(const PfToken& name, Statements& out);
  void Set(const PfToken& first, Statements& out);
  void SkipInterfaces(PfSetting& setting);
  void Table(const PfToken& first, Statements& out);
  void TableList(PfTable& table);
  void TableFile(PfTable& table);
  void Include(const PfToken& first, Statements& out);
  void Load(const PfToken& first, Statements& out);
  void Queue(const PfToken& first, Statements& out);
  void Unread(const Word& path, std::string why);

  // Rules.
  void No(const PfToken& first, Statements& out);
  void Rule(const PfToken& first, PfRule rule, Statements& out);
  void BlockResponse(PfRule& rule);
  void Direction(PfRule& rule);
  void LogQuick(PfRule& rule);
  void NatPassLog(PfRule& rule);
  void Interfaces(PfRule& rule);
  void InterfaceItem(PfRule& rule);
  void Family(PfRule& rule);
  void Protocols(PfRule& rule);
  void FromTo(PfRule& rule);
  void Head(PfRule& rule);
  void Filter(PfRule& rule);
  void CheckFilter(const PfRule& rule);
  void Translation(PfRule& rule);
  void Antispoof(PfRule& rule);
  void AnchorName(PfRule& rule);
  void AnchorBody(PfRule& rule);
  void Opaque(PfRule& rule);

  // Peers.
  void Peer(PfPeer& peer);
  PfHost Host();
  void HostInBrackets(PfHost& host);
  void HostText(PfHost& host, const Word& word);
  void HostLength(PfHost& host);
  PfMatch Match(bool is_port);
  void MatchRange(PfMatch& match);
  void Ports(std::vector<PfMatch>& ports);

  // Clauses.
  void Options(PfRule& rule);
  bool Option(PfRule& rule);
  void Translate(PfRule& rule, PfOption& option);
  void PoolPort(PfOption& option);
  void RouteHosts(PfOption& option);

  const PfReader& reader_;
  PfFile& file_;
  PfMacros macros_;
  PfLexer* lexer_ = nullptr;
  PfToken now_;
  Span last_;
  bool failed_ = false;
  int depth_ = 0;
  int files_ = 0;
};

/// A word of one token.
Word WordOf(const PfToken& token);

constexpr int kPfMaxDepth = 32;
constexpr int kPfMaxFiles = 256;
constexpr std::size_t kPfMaxMacro = std::size_t{64} * 1024;

template <typename Item>
void PfParser::ListItems(Item item) {
  bool any = false;
  for (;;) {
    SkipNewlines();
    while (TakeSign(",")) SkipNewlines();
    if (TakeSign("}")) break;
    if (failed_ || AtEnd()) return Fail("a list is not closed");
    List(item);
    any = true;
  }
  if (!any) Fail("a list is empty");
}

/// One item, or items in braces with or without commas; braces nest through macros.
template <typename Item>
void PfParser::List(Item item) {
  if (failed_) return;
  if (!TakeSign("{")) return item();
  if (++depth_ > kPfMaxDepth) return Fail("lists are nested too deep");
  ListItems(item);
  --depth_;
}

}  // namespace sandlint
