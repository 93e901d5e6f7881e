// nft -j: the same commands as JSON.

#include <charconv>

#include "scanner/parse/nft_json_expr.h"
#include "scanner/parse/nft_verbs.h"

namespace sandlint {
namespace {

std::optional<std::uint64_t> NumberOf(const Node& node) {
  std::uint64_t number = 0;
  const std::string& text = node.word.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A string, or a list of strings.
std::vector<NftExpr> Words(const Node& node) {
  std::vector<NftExpr> out;
  if (node.Is(NodeType::String)) out.push_back(NftWordOf(node));
  for (const Node& item : node.items) {
    out.push_back(item.Is(NodeType::Object) ? NftExprFromJson(item) : NftWordOf(item));
  }
  return out;
}

void Chain(const Node& body, NftCommand& command) {
  command.object = NftObject::Chain;
  command.name = body.Get("name").word.text;
  command.new_name = body.Get("newname").word.text;
  command.chain.type = NftWordOf(body.Get("type"));
  command.chain.hook = NftWordOf(body.Get("hook"));
  command.chain.priority = NftWordOf(body.Get("prio"));
  command.chain.policy = NftWordOf(body.Get("policy"));
  command.chain.devices = Words(body.Get("dev"));
  command.chain.span = body.span;
}

void RuleOf(const Node& body, NftCommand& command) {
  command.object = NftObject::Rule;
  command.name = body.Get("chain").word.text;
  command.index = NumberOf(body.Get("index"));
  // A listing numbers its rules; only a change refers to one.
  if (command.verb != NftVerb::Add) command.handle = NumberOf(body.Get("handle"));
  command.rule.span = body.span;
  for (const Node& statement : body.Get("expr").items) {
    command.rule.statements.push_back(NftStatementFromJson(statement));
  }
}

void SetOf(const Node& body, bool is_map, NftCommand& command) {
  command.object = NftObject::Set;
  command.name = body.Get("name").word.text;
  command.set.is_map = is_map;
  command.set.span = body.span;
  const Node& type = body.Get("type");
  if (type.Is(NodeType::Object)) {
    const NftExpr of = NftExprFromJson(type.Get("typeof"));
    command.set.is_typeof = true;
    command.set.key = of.kind == NftKind::Concat ? of.parts : std::vector{of};
  } else {
    command.set.key = Words(type);
  }
  command.set.data_is_verdict = body.Get("map").word.text == "verdict";
  for (const NftExpr& flag : Words(body.Get("flags"))) command.set.flags.push_back(flag.text);
  command.set.auto_merge = body.Get("auto-merge").word.text == "true";
  command.set.has_timeout = body.Find("timeout") != nullptr;
}

/// The elements of a set, as the parts of `{ … }`.
void Elements(const Node& list, NftCommand& command) {
  for (const Node& item : list.items) {
    if (item.Is(NodeType::Array) && item.items.size() == 2) {
      NftExpr pair;
      pair.kind = NftKind::Pair;
      pair.span = item.span;
      for (const Node& part : item.items) pair.parts.push_back(NftExprFromJson(part));
      pair.expires = pair.parts[0].expires;
      command.elements.push_back(std::move(pair));
    } else {
      command.elements.push_back(NftExprFromJson(item));
    }
  }
}

void Object(NftVerb verb, const Member& member, NftFile& file) {
  const std::string& kind = member.key.text;
  const Node& body = member.value;
  if (kind == "metainfo") return;
  NftCommand command;
  command.verb = verb;
  command.span = body.span;
  if (body.Find("family") != nullptr) command.family = body.Get("family").word.text;
  command.table = body.Get("table").word.text;
  command.name = body.Get("name").word.text;
  if (kind == "ruleset") {
    command.object = NftObject::Ruleset;
    if (body.Find("family") == nullptr) command.family.clear();
  } else if (kind == "table") {
    command.table = command.name;
    for (const NftExpr& flag : Words(body.Get("flags"))) command.flags.push_back(flag.text);
  } else if (kind == "chain") {
    Chain(body, command);
  } else if (kind == "rule") {
    RuleOf(body, command);
  } else if (kind == "set" || kind == "map" || kind == "meter") {
    SetOf(body, kind == "map", command);
    Elements(body.Get("elem"), command);
  } else if (kind == "element") {
    command.object = NftObject::Element;
    Elements(body.Get("elem"), command);
  } else {
    command.object = kind == "flowtable" ? NftObject::Flowtable : NftObject::Named;
    command.object_type = kind;
  }
  file.commands.push_back(std::move(command));
}

void Command(const Member& member, NftFile& file) {
  const auto verb = NftVerbOf(member.key.text);
  if (verb && !member.value.members.empty()) {
    return Object(*verb, member.value.members.front(), file);
  }
  Object(NftVerb::Add, member, file);
}

}  // namespace

NftFile ParseNftJson(const Source& source) {
  NftFile file;
  file.is_json = true;
  const Document document = ParseJson(source);
  for (const ParseProblem& problem : document.problems) {
    file.problems.push_back({NftTrouble::Refused, problem.where, problem.text});
  }
  const Node& list = document.root.Get("nftables");
  if (!list.Is(NodeType::Array)) {
    file.problems.push_back(
        {NftTrouble::Refused, document.root.span, "there is no list named nftables"});
  }
  for (const Node& item : list.items) {
    if (item.Is(NodeType::Object) && !item.members.empty()) Command(item.members.front(), file);
  }
  return file;
}

}  // namespace sandlint
