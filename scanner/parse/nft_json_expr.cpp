#include "scanner/parse/nft_json_expr.h"

#include <array>

#include "scanner/parse/nft_parser.h"

namespace sandlint {
namespace {

constexpr int kMostDepth = 64;

NftExpr Make(NftKind kind, const Node& node, std::string text = {}) {
  NftExpr out;
  out.kind = kind;
  out.text = std::move(text);
  out.span = node.span;
  return out;
}

NftExpr Scalar(const Node& node) {
  const std::string& text = node.word.text;
  if (node.Is(NodeType::String) && text.starts_with('@'))
    return Make(NftKind::SetName, node, text.substr(1));
  if (node.Is(NodeType::String) && text == "*") return Make(NftKind::Any, node);
  NftExpr out = NftWordOf(node);
  out.quoted = node.Is(NodeType::String);
  return out;
}

NftExpr Several(NftKind kind, const Node& node, const Node& list, int depth) {
  NftExpr out = Make(kind, node);
  for (const Node& item : list.items) out.parts.push_back(NftExprFromJson(item, depth));
  return out;
}

/// [key, data] of a map, or one key.
NftExpr SetElement(const Node& item, int depth) {
  if (!item.Is(NodeType::Array) || item.items.size() != 2) return NftExprFromJson(item, depth);
  NftExpr out = Make(NftKind::Pair, item);
  out.parts.push_back(NftExprFromJson(item.items[0], depth));
  out.parts.push_back(NftExprFromJson(item.items[1], depth));
  out.expires = out.parts[0].expires;
  return out;
}

NftExpr SetOf(const Node& node, const Node& list, int depth) {
  if (list.Is(NodeType::String)) return Scalar(list);
  NftExpr out = Make(NftKind::Set, node);
  if (!list.Is(NodeType::Array)) out.parts.push_back(NftExprFromJson(list, depth));
  for (const Node& item : list.items) out.parts.push_back(SetElement(item, depth));
  return out;
}

std::string Text(const Node& node, std::string_view key) { return node.Get(key).word.text; }

/// The selector as the text syntax spells it.
std::string SelectorText(std::string_view kind, const Node& body) {
  if (kind == "payload") {
    if (body.Find("base") == nullptr) return Text(body, "protocol") + " " + Text(body, "field");
    return "@" + Text(body, "base") + "," + Text(body, "offset") + "," + Text(body, "len");
  }
  if (kind == "meta") return "meta " + Text(body, "key");
  if (kind == "ct") {
    std::string out = "ct ";
    if (body.Find("dir") != nullptr) out += Text(body, "dir") + " ";
    if (body.Find("family") != nullptr) out += Text(body, "family") + " ";
    std::string key = Text(body, "key");
    // "ip saddr" is one key of newer versions.
    return out + key;
  }
  if (kind == "fib") {
    std::string flags;
    const Node& list = body.Get("flags");
    for (const Node& flag : list.items) flags += (flags.empty() ? "" : " . ") + flag.word.text;
    if (list.Is(NodeType::String)) flags = list.word.text;
    return "fib " + flags + " " + Text(body, "result");
  }
  if (kind == "numgen") return "numgen " + Text(body, "mode") + " mod";
  if (kind == "socket") return "socket " + Text(body, "key");
  return std::string(kind) + " " + Text(body, "name") + " " + Text(body, "field") +
         Text(body, "key");
}

constexpr std::array<std::string_view, 14> kSelectors{
    "payload", "meta",  "ct",      "fib", "numgen",     "socket",    "exthdr",
    "rt",      "jhash", "symhash", "osf", "tcp option", "ip option", "sctp chunk"};
constexpr std::array<std::string_view, 5> kOperators{"|", "^", "&", "<<", ">>"};

template <typename Table>
bool Has(const Table& table, std::string_view word) {
  for (const std::string_view each : table) {
    if (each == word) return true;
  }
  return false;
}

/// The first operand with each further one.
NftExpr Binary(const Node& node, const std::string& op, const Node& list, int depth) {
  NftExpr out;
  for (const Node& item : list.items) {
    NftExpr next = NftExprFromJson(item, depth);
    if (!out) {
      out = std::move(next);
      continue;
    }
    NftExpr joined = Make(NftKind::Binary, node, op);
    joined.parts.push_back(std::move(out));
    joined.parts.push_back(std::move(next));
    out = std::move(joined);
  }
  return out;
}

NftExpr Verdict(const Node& node, const Member& member) {
  NftExpr out = Make(NftKind::Verdict, node, member.key.text);
  if (const Member* target = member.value.Find("target"))
    out.parts.push_back(NftWordOf(target->value));
  return out;
}

NftExpr FromObject(const Node& node, const Member& member, int depth) {
  const std::string& kind = member.key.text;
  const Node& body = member.value;
  if (kind == "concat") return Several(NftKind::Concat, node, body, depth);
  if (kind == "range") return Several(NftKind::Range, node, body, depth);
  if (kind == "set") return SetOf(node, body, depth);
  if (IsVerdictWord(kind)) return Verdict(node, member);
  if (Has(kSelectors, kind)) return Make(NftKind::Selector, node, SelectorText(kind, body));
  if (Has(kOperators, kind)) return Binary(node, kind, body, depth);
  if (kind == "prefix") {
    NftExpr out = Make(NftKind::Prefix, node);
    out.parts.push_back(NftExprFromJson(body.Get("addr"), depth));
    out.parts.push_back(NftWordOf(body.Get("len")));
    return out;
  }
  if (kind == "elem") {
    NftExpr out = NftExprFromJson(body.Get("val"), depth);
    out.expires = body.Find("timeout") != nullptr || body.Find("expires") != nullptr;
    return out;
  }
  if (kind == "map") {
    NftExpr out = Make(NftKind::Map, node);
    out.parts.push_back(NftExprFromJson(body.Get("key"), depth));
    out.parts.push_back(NftExprFromJson(body.Get("data"), depth));
    return out;
  }
  return Make(NftKind::Selector, node, kind);
}

}  // namespace

NftExpr NftWordOf(const Node& node) {
  NftExpr out = Make(NftKind::Word, node, node.word.text);
  if (node.Is(NodeType::Missing)) out.kind = NftKind::None;
  return out;
}

NftExpr NftExprFromJson(const Node& node, int depth) {
  if (depth > kMostDepth) return Make(NftKind::Hole, node, "nested too deep");
  switch (node.type) {
    case NodeType::Array:
      return Several(NftKind::List, node, node, depth + 1);
    case NodeType::Object:
      if (node.members.empty()) return Make(NftKind::Hole, node);
      return FromObject(node, node.members.front(), depth + 1);
    default:
      return Scalar(node);
  }
}

}  // namespace sandlint
