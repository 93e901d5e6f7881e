#include "scanner/egress/nft_ties.h"

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

struct Transport {
  std::uint8_t number;
  std::string_view name;
};
constexpr std::array<Transport, 7> kTransports{{{kTcp, "tcp"},
                                                {kUdp, "udp"},
                                                {kIcmp, "icmp"},
                                                {kIcmpV6, "icmpv6"},
                                                {kSctp, "sctp"},
                                                {kDccp, "dccp"},
                                                {kUdpLite, "udplite"}}};

bool IsRouted(const std::string& family) { return family == "ip" || family == "ip6"; }

/// The value that a test for equality ends up with: the last one of a set.
const NftExpr* LastValue(const NftExpr& raw) {
  const NftExpr* expr = &Resolved(raw);
  for (int depth = 0; depth < 16 && expr->kind == NftKind::Set && !expr->parts.empty(); ++depth) {
    expr = &Resolved(expr->parts.back());
  }
  return expr->kind == NftKind::Word ? expr : nullptr;
}

}  // namespace

void NftTies::SeeField(const NftExpr& part, NftContext& context) {
  const NftField field = FieldOf(part);
  std::string needed = field.network;
  const std::string& family = context.table->family;
  if (!IsRouted(family) && field.transport == "icmp") needed = "ip";
  if (!IsRouted(family) && field.transport == "icmpv6") needed = "ip6";
  const bool clash =
      (!network.empty() && !field.network.empty() && network != field.network) ||
      (!transport.empty() && !field.transport.empty() && transport != field.transport) ||
      (IsRouted(family) && !field.network.empty() && field.network != family);
  if (clash) context.Refuse(part.span, "conflicting protocols in one rule: nft refuses the file");
  if (!needed.empty()) network = needed;
  if (!field.transport.empty()) transport = field.transport;
  const NftExpr& expr = Resolved(part);
  if (expr.text == "meta nfproto" && IsRouted(family)) {
    context.Refuse(part.span, "meta nfproto is refused outside of inet tables");
  }
  const bool port = expr.text == "ct original proto-dst" || expr.text == "ct original proto-src" ||
                    expr.text == "ct reply proto-dst" || expr.text == "ct reply proto-src";
  if (port && transport.empty()) {
    context.Refuse(part.span,
                   "a port of a connection needs a protocol before it: nft refuses the file");
  }
}

void NftTies::SeeLeft(const NftExpr& left, NftContext& context) {
  const NftExpr& expr = Resolved(left);
  if (expr.kind == NftKind::Concat) {
    for (const NftExpr& part : expr.parts) SeeField(part, context);
  } else if (expr) {
    SeeField(expr, context);
  }
}

/// `meta l4proto tcp` ties as `tcp dport` does; under != nothing is tied.
void NftTies::SeeEqual(const NftStatement& statement) {
  if (!statement.op.empty() && statement.op != "==") return;
  const NftExpr& left = Resolved(statement.left);
  const NftExpr* value = LastValue(statement.right);
  if (left.kind != NftKind::Selector || value == nullptr) return;
  if (left.text == "meta nfproto") {
    network = value->text == "ipv4" ? "ip" : value->text == "ipv6" ? "ip6" : network;
  }
  if (left.text != "meta l4proto" && left.text != "ip protocol" && left.text != "ip6 nexthdr")
    return;
  const auto number = NftNumber(NftType::Protocol, value->text);
  const auto known = std::ranges::find_if(
      kTransports, [&](const Transport& each) { return number && each.number == *number; });
  if (known != kTransports.end()) transport = std::string(known->name);
}

void NftTies::SeeReject(const NftStatement& statement, NftContext& context) {
  if (statement.detail == "icmpx" && IsRouted(context.table->family)) {
    context.Refuse(statement.span, "icmpx is refused outside of inet tables");
  }
  if (statement.detail == "tcp" && !transport.empty() && transport != "tcp") {
    context.Refuse(statement.span, "tcp reset for another protocol: nft refuses the file");
  }
}

void NftTies::See(const NftStatement& statement, NftContext& context) {
  if (statement.kind == NftDo::Match || statement.kind == NftDo::Vmap) {
    SeeLeft(statement.left, context);
  }
  if (statement.kind == NftDo::Match) SeeEqual(statement);
  if (statement.kind == NftDo::Reject) SeeReject(statement, context);
  if (statement.kind == NftDo::Mangle) {
    const NftExpr& right = Resolved(statement.right);
    if (right.kind == NftKind::Map && !right.parts.empty()) SeeLeft(right.parts[0], context);
  }
  const bool address = statement.kind == NftDo::Nat && Resolved(statement.left) && network.empty();
  if (address && context.table->family == "inet" && statement.detail.empty() &&
      (statement.word == "dnat" || statement.word == "snat")) {
    context.Refuse(statement.span, "nat to an address in an inet table needs ip or ip6");
  }
}

}  // namespace sandlint
