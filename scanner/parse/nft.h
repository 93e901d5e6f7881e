#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.h"

namespace sandlint {

enum class NftKind : std::uint8_t {
  None,
  Word,      ///< a name, number, address or quoted string
  Variable,  ///< $x; `value` is what it stood for there, null when it is not defined
  Hole,      ///< ${x} of a template: a value that only its renderer knows
  Selector,  ///< `meta skuid`, `ip daddr`, `@th,16,16`: the key is `text`
  Set,       ///< { … }
  SetName,   ///< @x
  List,      ///< a, b
  Range,     ///< a-b
  Prefix,    ///< a/b
  Concat,    ///< a . b
  Binary,    ///< `text` is & | ^ << >>
  Pair,      ///< key : data, an element of a map
  Map,       ///< key map { … }
  Any,       ///< *
  Not,       ///< ! x
  Verdict,   ///< `text` is accept, drop, jump …; its target is parts[0]
};

/// One expression. Nothing is resolved: names stay names.
struct NftExpr {
  NftKind kind = NftKind::None;
  bool quoted = false;
  bool expires = false;   ///< an element with a timeout of its own
  bool stateful = false;  ///< an element with a limit, quota or count of its own
  std::string text;
  Span span;
  std::vector<NftExpr> parts;
  std::shared_ptr<const NftExpr> value;

  explicit operator bool() const { return kind != NftKind::None; }
};

enum class NftDo : std::uint8_t {
  Match,       ///< left op right
  Vmap,        ///< left vmap right
  Verdict,     ///< left
  Reject,      ///< detail: icmp, icmpv6, icmpx, tcp or nothing
  Mangle,      ///< left set right
  Nat,         ///< word: dnat, snat, redirect, masquerade, tproxy; left: address, right: port
  RunTime,     ///< limit, quota, ct count: matches or not, by what happened before
  Effectless,  ///< counter, log, comment …
  FillSet,     ///< word: add, update, delete; left: key, right: @set
  Queue,
  Untrack,
  Elsewhere,  ///< dup, fwd, synproxy, flow: what becomes of the packet is not modelled
  Unknown,    ///< not understood, up to the end of the rule
};

struct NftStatement {
  NftDo kind = NftDo::Unknown;
  std::string word;  ///< the keyword, or what was not understood
  std::string op;    ///< of a match: ==, !=, <, >, <=, >=; empty when none is written
  std::string detail;
  Span span;
  NftExpr left;
  NftExpr right;
};

struct NftRule {
  std::vector<NftStatement> statements;
  Span span;
};

/// What a chain block or `add chain … { … }` says. Empty expressions where nothing is said.
struct NftChainSpec {
  NftExpr type, hook, priority, policy;
  std::vector<NftExpr> devices;
  Span span;
};

struct NftSetSpec {
  bool is_map = false;
  bool data_is_verdict = false;
  std::vector<NftExpr> key;  ///< the parts of its type: names, or selectors after typeof
  bool is_typeof = false;
  std::vector<std::string> flags;
  bool auto_merge = false;
  bool has_timeout = false;
  Span span;
};

enum class NftVerb : std::uint8_t { Add, Create, Insert, Replace, Delete, Destroy, Flush, Rename };
enum class NftObject : std::uint8_t { Ruleset, Table, Chain, Rule, Set, Element, Flowtable, Named };

/// One change, in the order in which nft makes them; a table block is taken apart into its parts.
struct NftCommand {
  NftVerb verb = NftVerb::Add;
  NftObject object = NftObject::Table;
  std::string family = "ip";  ///< also where none is written
  std::string table;
  std::string name;      ///< of the chain, set or object
  std::string new_name;  ///< of rename
  Span span;
  NftChainSpec chain;
  NftRule rule;
  NftSetSpec set;
  std::vector<NftExpr> elements;
  std::vector<std::string> flags;  ///< of a table
  std::optional<std::uint64_t> handle, index;
  std::string object_type;  ///< of Named: counter, limit, quota, ct helper …
};

enum class NftTrouble : std::uint8_t {
  Refused,   ///< nft refuses the whole file: nothing of it is active
  Unclear,   ///< not understood here; whether nft takes it is not known
  Missing,   ///< an include that was not found here: nft refuses the file where it is not there
  Resolved,  ///< a host name, looked up once when the file is loaded
};
struct NftProblem {
  NftTrouble trouble = NftTrouble::Refused;
  Span where;
  std::string text;
};

struct NftFile {
  std::vector<NftCommand> commands;
  std::vector<NftProblem> problems;
  std::vector<Span> empty_globs;  ///< includes with a wildcard that found nothing
  bool is_json = false;
};

/// The files of an `include`, in order. `found` is false where a literal path does not exist.
struct NftIncluded {
  std::vector<const Source*> sources;
  bool found = true;
  std::string note;
};
using NftIncluder = std::function<NftIncluded(std::string_view pattern, const Source& from)>;

/// A file for `nft -f`, or the JSON of `nft -j`. Users, devices and set contents are not looked at;
/// include files come from `includer`. Never throws; nesting and includes are bounded.
NftFile ParseNft(const Source& source, const NftIncluder& includer);
NftFile ParseNftJson(const Source& source);

/// `$x` followed to what it stands for; a variable without a value stays itself.
const NftExpr& Resolved(const NftExpr& expr);

}  // namespace sandlint
