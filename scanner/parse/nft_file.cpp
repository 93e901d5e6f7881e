// The lines of an nft file outside of rules: includes, definitions, commands.

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "scanner/parse/nft_parser.h"
#include "scanner/parse/nft_verbs.h"

namespace sandlint {
namespace {

constexpr std::size_t kMostIncludeDepth = 16;  // as nft
constexpr std::size_t kMostIncludes = 1000;

/// Commands that change nothing.
constexpr std::array<std::string_view, 7> kIdleVerbs{"list",   "reset",    "monitor", "describe",
                                                     "export", "optimize", "get"};
constexpr std::array<std::string_view, 6> kFamilies{"ip", "ip6", "inet", "arp", "bridge", "netdev"};

template <typename Table>
bool Has(const Table& table, std::string_view word) {
  for (const std::string_view each : table) {
    if (each == word) return true;
  }
  return false;
}

std::optional<std::uint64_t> NumberOf(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

NftParser::NftParser(const Source& source, const NftIncluder& includer) : includer_(includer) {
  streams_.push_back({LexNft(source), 0, &source});
  scopes_.emplace_back();
}

NftFile NftParser::Run() {
  for (;;) {
    SkipSeparators();
    if (Peek().kind == NftTokenKind::End) break;
    Line();
  }
  return std::move(file_);
}

void NftParser::Line() {
  failed_ = false;
  if (CommonLine()) return;
  const NftToken first = Peek();
  if (first.Is("}")) {
    Problem(NftTrouble::Refused, first.span, "a } without a block");
    Take();
    return;
  }
  if (const auto verb = NftVerbOf(first.text); verb && first.IsWord(first.text)) {
    Take();
    return Command(*verb);
  }
  if (first.kind == NftTokenKind::Word && Has(kIdleVerbs, first.text)) return SkipStatement();
  Command(NftVerb::Add);
}

bool NftParser::CommonLine() {
  const NftToken first = Peek();
  if (first.IsWord("include")) {
    Include();
  } else if (first.IsWord("define") || first.IsWord("redefine")) {
    Define();
  } else if (first.IsWord("undefine")) {
    Undefine();
  } else {
    return false;
  }
  return true;
}

void NftParser::Include() {
  Take();
  const NftToken path = Take();
  if (path.kind != NftTokenKind::String) {
    Problem(NftTrouble::Refused, path.span, "include wants a path in quotes");
    return SkipStatement();
  }
  ExpectSeparator("include");
  if (streams_.size() >= kMostIncludeDepth || ++included_ > kMostIncludes) {
    Problem(NftTrouble::Refused, path.span, "too many files include each other");
    return;
  }
  const NftIncluded found = includer_ ? includer_(path.text, *streams_.back().source)
                                      : NftIncluded{{}, false, "no file can be read here"};
  if (!found.found) {
    Problem(NftTrouble::Missing, path.span,
            found.note.empty() ? "the included file is not there" : found.note);
    return;
  }
  if (found.sources.empty()) file_.empty_globs.push_back(path.span);
  for (auto it = found.sources.rbegin(); it != found.sources.rend(); ++it) {
    streams_.push_back({LexNft(**it), 0, *it});
  }
}

void NftParser::Define() {
  const NftToken verb = Take();
  const NftToken name = Take();
  if (name.kind != NftTokenKind::Word || !TakePunct("=")) {
    Problem(NftTrouble::Refused, name.span, "a definition is: define NAME = VALUE");
    return SkipStatement();
  }
  auto value = std::make_shared<NftExpr>();
  if (TakePunct("-")) {
    *value = Primary(false);
    value->text.insert(0, "-");
  } else {
    *value = Right(true, true);
  }
  Scope& scope = scopes_.back();
  if (verb.text == "define" && scope.contains(name.text)) {
    Problem(NftTrouble::Refused, name.span, "it is defined already; redefine changes it");
  }
  scope[std::string(name.text)] = std::move(value);
  ExpectSeparator("a definition");
}

void NftParser::Undefine() {
  Take();
  const NftToken name = Take();
  if (scopes_.back().erase(std::string(name.text)) == 0) {
    Problem(NftTrouble::Refused, name.span, "it is not defined");
  }
  ExpectSeparator("undefine");
}

const std::shared_ptr<const NftExpr>* NftParser::Lookup(std::string_view name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    const auto found = scope->find(name);
    if (found != scope->end()) return &found->second;
  }
  return nullptr;
}

void NftParser::Command(NftVerb verb) {
  NftCommand command;
  command.verb = verb;
  command.span = Peek().span;
  const NftToken object = Take();
  if (object.kind != NftTokenKind::Word) {
    Problem(NftTrouble::Refused, object.span, "a command or a table is expected here");
    return SkipStatement();
  }
  ObjectCommand(std::move(command), object.text);
}

void NftParser::ObjectCommand(NftCommand command, std::string_view object) {
  if (object == "ruleset") {
    command.object = NftObject::Ruleset;
    command.family.clear();
    if (Peek().kind == NftTokenKind::Word) command.family = std::string(Take().text);
    file_.commands.push_back(command);
    return ExpectSeparator("ruleset");
  }
  if (object == "table") return TableCommand(std::move(command));
  if (object == "chain") return ChainCommand(std::move(command));
  if (object == "rule") return RuleCommand(std::move(command));
  if (object == "element") return ElementCommand(std::move(command));
  const bool set = object == "set" || object == "map" || object == "meter";
  command.object = set                     ? NftObject::Set
                   : object == "flowtable" ? NftObject::Flowtable
                                           : NftObject::Named;
  command.set.is_map = object == "map";
  command.object_type = std::string(object);
  if (object == "ct") command.object_type += " " + std::string(Take().text);
  if (!set &&
      !Has(std::array{"flowtable", "counter", "quota", "limit", "ct", "secmark", "synproxy"},
           object)) {
    // A rule without any verb and place, or a verb of a later version.
    Problem(NftTrouble::Refused, command.span, "this is no command of nft");
    return SkipStatement();
  }
  TakeSpecificPlace(command);
  if (Peek().Is("{")) {
    set ? SetBlock(command) : NamedBlock(command);
  } else if (!AtEndOfStatement()) {
    DeleteRest(command);
  }
  file_.commands.push_back(command);
  ExpectSeparator(object);
}

void NftParser::TakePlace(NftCommand& command) {
  if (Peek().kind == NftTokenKind::Word && Has(kFamilies, Peek().text) &&
      PeekAfter().kind != NftTokenKind::Newline && !PeekAfter().Is("{") && !PeekAfter().Is(";")) {
    command.family = std::string(Take().text);
  }
  command.table = TakeName("a table");
}

void NftParser::TakeSpecificPlace(NftCommand& command) {
  TakePlace(command);
  if (Peek().IsWord("handle")) return;
  command.name = TakeName("a name");
}

/// What may follow the name of something that is deleted: `handle 4`, or nothing.
void NftParser::DeleteRest(NftCommand& command) {
  if (TakeWord("handle")) {
    command.handle = NumberOf(Take().text);
  } else {
    SkipStatement();
  }
}

void NftParser::ChainCommand(NftCommand command) {
  command.object = NftObject::Chain;
  TakeSpecificPlace(command);
  std::vector<NftCommand> rules;
  if (command.verb == NftVerb::Rename) {
    command.new_name = TakeName("a new name");
  } else if (Peek().Is("{")) {
    ChainBlock(command, &rules);
  } else if (!AtEndOfStatement()) {
    DeleteRest(command);
  }
  ExpectSeparator("chain");
  file_.commands.push_back(std::move(command));
  for (NftCommand& rule : rules) file_.commands.push_back(std::move(rule));
}

void NftParser::RuleCommand(NftCommand command) {
  command.object = NftObject::Rule;
  TakeSpecificPlace(command);
  for (;;) {
    if (TakeWord("handle") || TakeWord("position")) {
      command.handle = NumberOf(Take().text);
    } else if (TakeWord("index")) {
      command.index = NumberOf(Take().text);
    } else {
      break;
    }
  }
  if (command.verb == NftVerb::Delete || command.verb == NftVerb::Destroy) {
    SkipStatement();
  } else {
    command.rule = Rule();
    command.span = command.rule.span;
    ExpectSeparator("a rule");
  }
  file_.commands.push_back(std::move(command));
}

void NftParser::ElementCommand(NftCommand command) {
  command.object = NftObject::Element;
  TakeSpecificPlace(command);
  const NftToken first = Peek();
  NftExpr set = Right(false, true);
  if (set.kind == NftKind::Set) {
    command.elements = std::move(set.parts);
  } else if (Resolved(set).kind == NftKind::Set) {
    command.elements = Resolved(set).parts;
  } else {
    command.elements = {std::move(set)};
  }
  command.span = From(first);
  file_.commands.push_back(std::move(command));
  ExpectSeparator("elements");
}

NftFile ParseNft(const Source& source, const NftIncluder& includer) {
  const std::size_t first = source.text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && source.text[first] == '{') return ParseNftJson(source);
  return NftParser(source, includer).Run();
}

const NftExpr& Resolved(const NftExpr& expr) {
  const NftExpr* at = &expr;
  for (int i = 0; i < 64 && at->kind == NftKind::Variable && at->value != nullptr; ++i) {
    at = at->value.get();
  }
  return *at;
}

}  // namespace sandlint
