#include "scanner/egress/nft_ties.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sandlint {
namespace {

/// Headers that nft tells apart; every other number is one more of its own.
constexpr auto kTransports =
    std::to_array<std::pair<std::uint8_t, std::string_view>>({{kTcp, "tcp"},
                                                              {kUdp, "udp"},
                                                              {kIcmp, "icmp"},
                                                              {kIcmpV6, "icmpv6"},
                                                              {kSctp, "sctp"},
                                                              {kDccp, "dccp"},
                                                              {kUdpLite, "udplite"}});

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
  const auto other = [&](const std::string& each) { return each != field.transport; };
  const bool clash = (!network.empty() && !field.network.empty() && network != field.network) ||
                     (!field.transport.empty() && std::ranges::any_of(transports, other)) ||
                     (IsRouted(family) && !field.network.empty() && field.network != family);
  if (Resolved(part).text.starts_with("arp ") && (family == "inet" || IsRouted(family))) {
    context.Refuse(part.span, "arp is refused outside of arp and bridge tables");
  }
  if (clash) context.Refuse(part.span, "conflicting protocols in one rule: nft refuses the file");
  if (!needed.empty()) network = needed;
  if (!field.transport.empty()) AddTransport(field.transport);
  const NftExpr& expr = Resolved(part);
  if (expr.text == "meta nfproto" && IsRouted(family)) {
    context.Refuse(part.span, "meta nfproto is refused outside of inet tables");
  }
  const bool port = expr.text == "ct original proto-dst" || expr.text == "ct original proto-src" ||
                    expr.text == "ct reply proto-dst" || expr.text == "ct reply proto-src";
  if (port && transports.empty()) {
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

void NftTies::AddTransport(const std::string& name) {
  if (std::ranges::find(transports, name) == transports.end()) transports.push_back(name);
}

void NftTies::SeeNetwork(const NftExpr& left, const NftExpr& right) {
  const NftExpr* value = LastValue(right);
  if (value == nullptr) return;
  const auto number =
      NftNumber(left.text == "ether type" ? NftType::EtherType : NftType::Family, value->text);
  if (number == 2 || number == 0x800) network = "ip";
  if (number == 10 || number == 0x86dd) network = "ip6";
}

/// Every value of a set ties; ranges do not.
void NftTies::SeeTransports(const NftExpr& right, int depth) {
  const NftExpr& value = Resolved(right);
  if (value.kind == NftKind::Set && depth > 0) {
    for (const NftExpr& part : value.parts) SeeTransports(part, depth - 1);
  }
  if (value.kind != NftKind::Word) return;
  const auto number = NftNumber(NftType::Protocol, value.text);
  if (!number) return;
  const auto known =
      std::ranges::find(kTransports, *number, [](const auto& row) -> Uint128 { return row.first; });
  AddTransport(known == kTransports.end() ? value.text : std::string(known->second));
}

/// `meta l4proto tcp` ties as `tcp dport` does; under != nothing is tied.
void NftTies::SeeEqual(const NftStatement& statement, const NftContext& context) {
  if (!statement.op.empty() && statement.op != "==") return;
  const NftExpr& left = Resolved(statement.left);
  if (left.kind != NftKind::Selector) return;
  if (left.text == "meta nfproto" || left.text == "ether type" || left.text == "ct l3proto" ||
      left.text == "ct original l3proto" || left.text == "ct reply l3proto") {
    SeeNetwork(left, statement.right);
  }
  // What tracking calls the protocol ties where the network header is known without it.
  const bool tracked = IsRouted(context.table->family) &&
                       (left.text == "ct protocol" || left.text == "ct original protocol" ||
                        left.text == "ct reply protocol");
  if (tracked || left.text == "meta l4proto" || left.text == "ip protocol" ||
      left.text == "ip6 nexthdr") {
    SeeTransports(statement.right, 16);
  }
}

void NftTies::SeeReject(const NftStatement& statement, NftContext& context) {
  if (statement.detail == "icmpx" && IsRouted(context.table->family)) {
    context.Refuse(statement.span, "icmpx is refused outside of inet tables");
  }
  const std::string& family = context.table->family;
  const std::string own = IsRouted(family) ? family : network;
  const std::string wanted = statement.detail == "icmp"     ? "ip"
                             : statement.detail == "icmpv6" ? "ip6"
                                                            : own;
  if (!own.empty() && own != wanted) {
    context.Refuse(statement.span, "reject with the ICMP of the other family is refused");
  }
  if (statement.detail == "tcp" && !transports.empty() && transports.back() != "tcp") {
    context.Refuse(statement.span, "tcp reset for another protocol: nft refuses the file");
  }
}

void NftTies::See(const NftStatement& statement, NftContext& context) {
  if (statement.kind == NftDo::Match || statement.kind == NftDo::Vmap) {
    SeeLeft(statement.left, context);
  }
  if (statement.kind == NftDo::Match) SeeEqual(statement, context);
  if (statement.kind == NftDo::Reject) SeeReject(statement, context);
  if (statement.kind == NftDo::Mangle) {
    const NftExpr& right = Resolved(statement.right);
    const bool option = Resolved(statement.left).text.find(" option ") != std::string::npos;
    if (!option) SeeLeft(statement.left, context);
    if (right.kind == NftKind::Map && !right.parts.empty()) SeeLeft(right.parts[0], context);
  }
  if (statement.kind == NftDo::FillSet) {
    for (const NftExpr& part : Resolved(statement.left).parts) SeeLeft(part, context);
  }
  const bool address = statement.kind == NftDo::Nat && Resolved(statement.left) && network.empty();
  if (address && context.table->family == "inet" && statement.detail.empty() &&
      (statement.word == "dnat" || statement.word == "snat")) {
    context.Refuse(statement.span, "nat to an address in an inet table needs ip or ip6");
  }
}

}  // namespace sandlint
