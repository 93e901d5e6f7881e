// Statements of a rule in nft's JSON.

#include <algorithm>
#include <array>

#include "scanner/parse/nft_json_expr.h"
#include "scanner/parse/nft_parser.h"

namespace sandlint {
namespace {

struct Kind {
  std::string_view name;
  NftDo kind;
};
/// Statements whose body says nothing more about the packet's fate.
constexpr std::array<Kind, 18> kKinds{{{"counter", NftDo::Effectless},
                                       {"log", NftDo::Effectless},
                                       {"last", NftDo::Effectless},
                                       {"ct helper", NftDo::Effectless},
                                       {"ct timeout", NftDo::Effectless},
                                       {"ct expectation", NftDo::Effectless},
                                       {"secmark", NftDo::Effectless},
                                       {"limit", NftDo::RunTime},
                                       {"quota", NftDo::RunTime},
                                       {"ct count", NftDo::RunTime},
                                       {"notrack", NftDo::Untrack},
                                       {"queue", NftDo::Queue},
                                       {"dup", NftDo::Elsewhere},
                                       {"fwd", NftDo::Elsewhere},
                                       {"flow", NftDo::Elsewhere},
                                       {"synproxy", NftDo::Elsewhere},
                                       {"meter", NftDo::RunTime},
                                       {"xt", NftDo::Unknown}}};
constexpr std::array<std::string_view, 5> kNat{"dnat", "snat", "redirect", "masquerade", "tproxy"};

void Match(const Node& body, NftStatement& out) {
  out.kind = NftDo::Match;
  out.left = NftExprFromJson(body.Get("left"));
  out.right = NftExprFromJson(body.Get("right"));
  out.op = body.Get("op").word.text;
  if (out.op == "in") out.op.clear();  // any of the bits
}

void Nat(const Node& body, NftStatement& out) {
  out.kind = NftDo::Nat;
  out.left = NftExprFromJson(body.Get("addr"));
  out.right = NftExprFromJson(body.Get("port"));
  out.detail = body.Get("family").word.text;
}

}  // namespace

NftStatement NftStatementFromJson(const Node& node) {
  NftStatement out;
  out.span = node.span;
  if (!node.Is(NodeType::Object) || node.members.empty()) {
    out.word = node.word.text;
    const auto bare = std::ranges::find(kKinds, out.word, &Kind::name);
    if (bare != kKinds.end()) out.kind = bare->kind;
    return out;
  }
  const Member& member = node.members.front();
  const Node& body = member.value;
  out.word = member.key.text;
  const auto known = std::ranges::find(kKinds, out.word, &Kind::name);
  if (known != kKinds.end()) {
    out.kind = known->kind;
  } else if (out.word == "match") {
    Match(body, out);
  } else if (IsVerdictWord(out.word)) {
    out.kind = NftDo::Verdict;
    out.left = NftExprFromJson(node);
  } else if (out.word == "vmap") {
    out.kind = NftDo::Vmap;
    out.left = NftExprFromJson(body.Get("key"));
    out.right = NftExprFromJson(body.Get("data"));
  } else if (out.word == "mangle") {
    out.kind = NftDo::Mangle;
    out.left = NftExprFromJson(body.Get("key"));
    out.right = NftExprFromJson(body.Get("value"));
  } else if (out.word == "reject") {
    out.kind = NftDo::Reject;
    out.detail = body.Get("type").word.text;
    if (out.detail == "tcp reset") out.detail = "tcp";
  } else if (std::ranges::find(kNat, out.word) != kNat.end()) {
    Nat(body, out);
  } else if (out.word == "set") {
    out.kind = NftDo::FillSet;
    out.word = body.Get("op").word.text;
    out.left.kind = NftKind::Set;
    out.left.parts.push_back(NftExprFromJson(body.Get("elem")));
    out.right = NftExprFromJson(body.Get("set"));
  }
  return out;
}

}  // namespace sandlint
