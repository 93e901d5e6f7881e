#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/support.h"
#include "model/word.h"
#include "scanner/parse/ip_text.h"
#include "scanner/parse/node.h"

namespace sandlint {

// pf.conf as OpenBSD, FreeBSD and macOS write it (pfctl's parse.y of several years): the union of
// their grammars. Lists stay lists here, with macros replaced; pf_expand.h makes the rules of them.

enum class PfAction : std::uint8_t {
  Pass,
  Block,
  Match,
  Scrub,
  Nat,
  Rdr,
  Binat,
  Antispoof,
  Anchor,
  NatAnchor,
  RdrAnchor,
  BinatAnchor,
  ScrubAnchor,
  DummynetAnchor,
  Dummynet,
  Ether,  ///< FreeBSD's layer 2 rules and their anchors
};

enum class PfDirection : std::uint8_t { Both, In, Out };

enum class PfHostKind : std::uint8_t {
  Any,
  Prefix,     ///< `first`/`length`
  Range,      ///< `first` to `last`
  Table,      ///< <word>
  Interface,  ///< a name that is an interface, a group, `self`, or a host name: pf tells them apart
              ///< by asking the machine
  NoRoute,
  UrpfFailed,
  Route,  ///< route LABEL
};

struct PfHost {
  PfHostKind kind = PfHostKind::Any;
  bool negated = false;
  Word word;  ///< the name or the address as written, without `!`, brackets and modifiers
  IpAddress first, last;
  std::optional<std::uint32_t> length;  ///< a prefix length that was written
  bool dynamic = false;                 ///< `(en0)`: follows the addresses of the interface
  std::string modifier;                 ///< network, broadcast, peer or 0, joined by `:`
  Span span;
};

enum class PfOp : std::uint8_t {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Range,    ///< a:b, both ends belong to it
  Inside,   ///< a >< b, neither end belongs to it
  Outside,  ///< a <> b, neither end belongs to it
};

/// A port, a user or a group. A number is missing where it is a name that is not known here.
struct PfMatch {
  PfOp op = PfOp::Equal;
  Word low, high;
  std::optional<std::uint32_t> low_number, high_number;
};

struct PfPeer {
  std::vector<PfHost> hosts;  ///< empty: any
  std::vector<PfMatch> ports;
  std::vector<Word> os;
};

struct PfInterface {
  Word name;
  bool negated = false;
};

struct PfProtocol {
  Word word;
  std::optional<std::uint8_t> number;
};

struct PfIcmp {
  Word type;
  Word code;  ///< may be empty
  int family = 4;
};

/// A clause behind `from … to …`, with the words that follow its name.
struct PfOption {
  Word name;  ///< `keep state`, `nat-to`, `!tagged`
  std::vector<Word> words;
  std::vector<PfHost> hosts;  ///< of nat-to, rdr-to, route-to … and of `->`
  std::vector<PfMatch> ports;
  Support support = Support::Irrelevant;
};

struct PfStatement;

struct PfRule {
  PfAction action = PfAction::Pass;
  bool negated = false;        ///< `no nat`, `no rdr`, `no scrub`
  bool passes = false;         ///< `rdr pass`: the filter is not asked
  std::vector<Word> response;  ///< of block: `drop`, `return-rst`, its arguments
  PfDirection direction = PfDirection::Both;
  std::vector<Word> log;  ///< `log` or `log-all` and its arguments
  bool quick = false;
  std::vector<PfInterface> interfaces;
  int family = 0;  ///< 0, 4 or 6
  std::vector<PfProtocol> protocols;
  PfPeer from, to;
  std::vector<PfMatch> users, groups;
  std::vector<PfIcmp> icmp;
  std::vector<PfOption> options;
  Word name;  ///< of an anchor; empty where it has none
  bool has_body = false;
  std::vector<PfStatement> body;
  Span span;  ///< the statement, without an anchor's body

  const PfOption* Find(std::string_view option) const;
  bool IsAnchor() const;
};

struct PfTableEntry {
  PfHost host;
  std::size_t list = 0;  ///< which `{ }` or file of the table it stands in
};

struct PfTable {
  Word name;
  std::vector<Word> flags;  ///< persist, const, counters
  std::vector<PfTableEntry> entries;
  std::vector<Word> files;
  /// In the order of the text: the index of a `{ }` (positive or 0) or -1 - the index of a file.
  std::vector<int> order;
  std::vector<Word> missing_files;  ///< those whose text is not known
  Span span;

  bool Has(std::string_view flag) const;
};

struct PfMacro {
  Word name;
  Word value;
};

struct PfSetting {
  Word name;
  std::vector<Word> words;
  Support support = Support::Irrelevant;
};

struct PfLoad {
  Word anchor;
  Word file;
  bool found = false;  ///< the file was read, `body` holds it
  std::vector<PfStatement> body;
};

/// ALTQ and queue definitions: known, and without effect on what may pass.
struct PfQueue {
  Word keyword;
};

/// An include whose file is not known: any rule could stand here.
struct PfMissing {
  Word path;
};

struct PfStatement {
  std::variant<PfMacro, PfSetting, PfTable, PfLoad, PfQueue, PfMissing, PfRule> value;
};

struct PfFile {
  std::vector<PfStatement> statements;
  /// pfctl refuses a file with an error as a whole: then nothing of it is active.
  std::vector<ParseProblem> problems;
  std::vector<Note> notes;  ///< words that are not modelled, includes that were not found
};

/// The text behind a path as it stands in the file, or null.
using PfReader = std::function<const Source*(std::string_view path)>;

/// Never throws; bounds nesting, includes and the text that macros unfold to.
PfFile ParsePf(const Source& source, const PfReader& reader = {});

/// Every rule outside of anchors' bodies, in order.
std::vector<const PfRule*> RulesOf(const std::vector<PfStatement>& statements);

const char* NameOf(PfAction action);

}  // namespace sandlint
