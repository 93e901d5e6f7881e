#include "scanner/egress/nft_field.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sandlint {
namespace {

enum class Domain : std::uint8_t { All, V4, V6 };

/// A selector with its meaning. Names stand as the parser has them.
struct Row {
  std::string_view key;
  NftWhat what;
  NftType type;
  Domain domain = Domain::All;
  int protocol = -1;  ///< the transport that it needs
  std::string_view doubt;
};

constexpr auto kSender = "the sender chooses it";
constexpr auto kSource = "the source address";
constexpr auto kRunTime = "it is known at run time only";
using enum NftWhat;

constexpr std::array<Row, 84> kRows{{
    {"meta skuid", User, NftType::Uid},
    {"meta skgid", Group, NftType::Gid},
    {"meta l4proto", Protocol, NftType::Protocol},
    {"meta nfproto", NftWhat::Family, NftType::Family},
    {"meta protocol", NftWhat::Family, NftType::EtherType},
    {"meta oif", Device, NftType::Device},
    {"meta oifname", Device, NftType::Device},
    {"meta oiftype", LinkType, NftType::LinkType},
    {"meta iif", Constant, NftType::Device},
    {"meta iifname", Constant, NftType::Device},
    {"meta mark", Mark, NftType::Mark},
    {"meta length", Unknown, NftType::Number, Domain::All, -1, "the packet's length"},
    {"meta cpu", Unknown, NftType::Number, Domain::All, -1, kRunTime},
    {"meta cgroup", Unknown, NftType::Number, Domain::All, -1, "the cgroup"},
    {"meta time", Unknown, NftType::Text, Domain::All, -1, "the time"},
    {"meta hour", Unknown, NftType::Text, Domain::All, -1, "the time"},
    {"meta day", Unknown, NftType::Text, Domain::All, -1, "the time"},
    {"meta priority", Unknown, NftType::Text, Domain::All, -1, kSender},
    {"ip daddr", Address, NftType::Address4, Domain::V4},
    {"ip6 daddr", Address, NftType::Address6, Domain::V6},
    {"ip protocol", Protocol, NftType::Protocol, Domain::V4},
    {"ip6 nexthdr", Protocol, NftType::Protocol, Domain::V6},
    {"ip version", Constant, NftType::Number, Domain::V4},
    {"ip6 version", Constant, NftType::Number, Domain::V6},
    {"ip saddr", Unknown, NftType::Address4, Domain::V4, -1, kSource},
    {"ip6 saddr", Unknown, NftType::Address6, Domain::V6, -1, kSource},
    {"ip ttl", Unknown, NftType::Number, Domain::V4, -1, kSender},
    {"ip6 hoplimit", Unknown, NftType::Number, Domain::V6, -1, kSender},
    {"ip dscp", Unknown, NftType::Text, Domain::V4, -1, kSender},
    {"ip6 dscp", Unknown, NftType::Text, Domain::V6, -1, kSender},
    {"ip ecn", Unknown, NftType::Text, Domain::V4, -1, kSender},
    {"ip6 ecn", Unknown, NftType::Text, Domain::V6, -1, kSender},
    {"ip length", Unknown, NftType::Number, Domain::V4, -1, "the packet's length"},
    {"ip6 length", Unknown, NftType::Number, Domain::V6, -1, "the packet's length"},
    {"ip id", Unknown, NftType::Number, Domain::V4, -1, kSender},
    {"ip frag-off", Unknown, NftType::Number, Domain::V4, -1, kSender},
    {"ip hdrlength", Unknown, NftType::Number, Domain::V4, -1, kSender},
    {"ip checksum", Unknown, NftType::Number, Domain::V4, -1, kSender},
    {"ip6 flowlabel", Unknown, NftType::Number, Domain::V6, -1, kSender},
    {"tcp dport", Port, NftType::Port, Domain::All, kTcp},
    {"udp dport", Port, NftType::Port, Domain::All, kUdp},
    {"udplite dport", Port, NftType::Port, Domain::All, kUdpLite},
    {"sctp dport", Port, NftType::Port, Domain::All, kSctp},
    {"dccp dport", Port, NftType::Port, Domain::All, kDccp},
    {"th dport", Port, NftType::Port},
    {"@th,16,16", Port, NftType::Port},
    {"tcp sport", Unknown, NftType::Port, Domain::All, kTcp, kSender},
    {"udp sport", Unknown, NftType::Port, Domain::All, kUdp, kSender},
    {"udplite sport", Unknown, NftType::Port, Domain::All, kUdpLite, kSender},
    {"sctp sport", Unknown, NftType::Port, Domain::All, kSctp, kSender},
    {"dccp sport", Unknown, NftType::Port, Domain::All, kDccp, kSender},
    {"th sport", Unknown, NftType::Port, Domain::All, -1, kSender},
    {"tcp flags", Constant, NftType::TcpFlags, Domain::All, kTcp},
    {"icmp type", IcmpType, NftType::IcmpType, Domain::V4, kIcmp},
    {"icmp code", IcmpCode, NftType::IcmpCode, Domain::V4, kIcmp},
    {"icmpv6 type", IcmpType, NftType::Icmp6Type, Domain::V6, kIcmpV6},
    {"icmpv6 code", IcmpCode, NftType::Icmp6Code, Domain::V6, kIcmpV6},
    {"ct state", State, NftType::State},
    {"ct status", Unknown, NftType::Status, Domain::All, -1, kRunTime},
    {"ct direction", Constant, NftType::Direction},
    {"ct mark", CtMark, NftType::Mark},
    {"ct l3proto", NftWhat::Family, NftType::Family},
    {"ct protocol", Protocol, NftType::Protocol},
    {"ct original l3proto", NftWhat::Family, NftType::Family},
    {"ct original protocol", Protocol, NftType::Protocol},
    {"ct original ip daddr", Address, NftType::Address4, Domain::V4},
    {"ct original ip6 daddr", Address, NftType::Address6, Domain::V6},
    {"ct original proto-dst", Port, NftType::Port},
    {"ct original ip saddr", Unknown, NftType::Address4, Domain::V4, -1, kSource},
    {"ct original ip6 saddr", Unknown, NftType::Address6, Domain::V6, -1, kSource},
    {"ct original proto-src", Unknown, NftType::Port, Domain::All, -1, kSender},
    {"ct reply ip saddr", Unknown, NftType::Address4, Domain::V4, -1, kRunTime},
    {"ct reply ip6 saddr", Unknown, NftType::Address6, Domain::V6, -1, kRunTime},
    {"ct reply ip daddr", Unknown, NftType::Address4, Domain::V4, -1, kSource},
    {"ct reply ip6 daddr", Unknown, NftType::Address6, Domain::V6, -1, kSource},
    {"ct helper", Unknown, NftType::Text, Domain::All, -1, kRunTime},
    {"ct zone", Unknown, NftType::Number, Domain::All, -1, kRunTime},
    {"ct id", Unknown, NftType::Number, Domain::All, -1, kRunTime},
    {"ct bytes", Unknown, NftType::Number, Domain::All, -1, kRunTime},
    {"ct packets", Unknown, NftType::Number, Domain::All, -1, kRunTime},
    {"fib daddr type", FibType, NftType::FibType},
    {"socket cgroupv2", Unknown, NftType::Text, Domain::All, -1, "the cgroup"},
    {"socket mark", Mark, NftType::Mark},
    {"numgen random mod", Unknown, NftType::Number, Domain::All, -1, "chance"},
}};

/// Headers that the rows do not list: whatever the field, it needs this transport.
struct Header {
  std::string_view name;
  Domain domain;
  int protocol;
};
constexpr std::array<Header, 14> kHeaders{{{"ip", Domain::V4, -1},
                                           {"ip6", Domain::V6, -1},
                                           {"tcp", Domain::All, kTcp},
                                           {"udp", Domain::All, kUdp},
                                           {"udplite", Domain::All, kUdpLite},
                                           {"sctp", Domain::All, kSctp},
                                           {"dccp", Domain::All, kDccp},
                                           {"icmp", Domain::V4, kIcmp},
                                           {"icmpv6", Domain::V6, kIcmpV6},
                                           {"igmp", Domain::V4, 2},
                                           {"esp", Domain::All, 50},
                                           {"ah", Domain::All, 51},
                                           {"comp", Domain::All, 108},
                                           {"vxlan", Domain::All, kUdp}}};

constexpr std::uint8_t kPortProtocols[] = {kTcp, kUdp, kDccp, kSctp, kUdpLite};

FlowSet DomainOf(Domain domain, int protocol) {
  FlowSet out = domain == Domain::V4   ? FlowSet::Of(sandlint::Family::V4)
                : domain == Domain::V6 ? FlowSet::Of(sandlint::Family::V6)
                                       : FlowSet::All();
  if (protocol < 0) return out;
  return Intersect(out, FlowSet::OfProtocols(OneProtocol(static_cast<std::uint8_t>(protocol))));
}

/// What a port test reads of protocols that have none.
FlowSet WithoutPorts() {
  Protocols with;
  for (const std::uint8_t protocol : kPortProtocols) with.set(protocol);
  return FlowSet::OfProtocols(~with);
}

void SetConstants(NftField& field, std::string_view key) {
  if (key == "ip version") field.constants = {4};
  if (key == "ip6 version") field.constants = {6};
  if (key == "ct direction") field.constants = {0};
  // The first packet of a connection; with net.ipv4.tcp_ecn=1 it asks for ECN too.
  if (key == "tcp flags") field.constants = {0x02, 0xc2};
}

void SetHeaders(NftField& field, std::string_view key) {
  const std::string_view head = key.substr(0, key.find(' '));
  if (head == "ip" || head == "ip6") field.network = std::string(head);
  if (head == "exthdr" || head == "frag" || head == "hbh" || head == "rt0" || head == "mh" ||
      head == "srh") {
    field.network = "ip6";
  }
  if (head == "tcp" || head == "udp" || head == "udplite" || head == "sctp" || head == "dccp" ||
      head == "icmp" || head == "icmpv6") {
    field.transport = std::string(head);
  }
}

NftField SelectorField(const std::string& key) {
  NftField field;
  SetHeaders(field, key);
  const auto row = std::ranges::find(kRows, key, &Row::key);
  if (row != kRows.end()) {
    field.what = row->what;
    field.type = row->type;
    field.doubt = row->doubt;
    field.family = row->domain == Domain::V6 ? sandlint::Family::V6 : sandlint::Family::V4;
    field.domain = DomainOf(row->domain, row->protocol);
    SetConstants(field, key);
    if (key == "th dport" || key == "@th,16,16" || key == "ct original proto-dst") {
      field.blurred = WithoutPorts();
    }
  } else {
    field.type = NftType::Text;
    field.doubt = "it is not modelled";
    const std::string_view head = std::string_view(key).substr(0, key.find(' '));
    const auto header = std::ranges::find(kHeaders, head, &Header::name);
    if (header != kHeaders.end()) field.domain = DomainOf(header->domain, header->protocol);
  }
  field.by_index = key == "meta oif" || key == "meta iif";
  field.original = key.starts_with("ct original");
  field.tracked = key.starts_with("ct ") && key != "ct state";
  return field;
}

}  // namespace

NftField FieldOf(const NftExpr& left) {
  const NftExpr& expr = Resolved(left);
  if (expr.kind == NftKind::Binary && expr.parts.size() == 2) {
    NftField field = FieldOf(expr.parts[0]);
    const NftValues operand = ValuesOf(expr.parts[1], field.type);
    if (operand.sure.size() == 1 && operand.sure[0].first == operand.sure[0].last &&
        !operand.anything) {
      field.changes.emplace_back(expr.text, operand.sure[0].first);
    } else {
      field.what = Unknown;
      field.doubt = "the mask is not known";
    }
    return field;
  }
  if (expr.kind == NftKind::Selector) return SelectorField(expr.text);
  NftField field;
  field.type = NftType::Text;
  field.doubt = "it is not modelled";
  return field;
}

std::optional<NftType> TypeByName(std::string_view name) {
  struct TypeName {
    std::string_view name;
    NftType type;
  };
  constexpr std::array<TypeName, 16> kTypes{{{"ipv4_addr", NftType::Address4},
                                             {"ipv6_addr", NftType::Address6},
                                             {"inet_service", NftType::Port},
                                             {"inet_proto", NftType::Protocol},
                                             {"nf_proto", NftType::Family},
                                             {"ether_type", NftType::EtherType},
                                             {"uid", NftType::Uid},
                                             {"gid", NftType::Gid},
                                             {"mark", NftType::Mark},
                                             {"ifname", NftType::Device},
                                             {"iface_index", NftType::Device},
                                             {"icmp_type", NftType::IcmpType},
                                             {"icmpv6_type", NftType::Icmp6Type},
                                             {"ct_state", NftType::State},
                                             {"tcp_flag", NftType::TcpFlags},
                                             {"fib_addrtype", NftType::FibType}}};
  const auto found = std::ranges::find(kTypes, name, &TypeName::name);
  return found == kTypes.end() ? std::nullopt : std::optional(found->type);
}

bool AsMask(const std::vector<std::pair<std::string, Uint128>>& changes, Uint128& mask,
            Uint128& flip) {
  mask = ~Uint128{0};
  flip = 0;
  for (const auto& [op, operand] : changes) {
    if (op == "&") {
      mask &= operand;
      flip &= operand;
    } else if (op == "|") {
      mask &= ~operand;
      flip = (flip & ~operand) | operand;
    } else if (op == "^") {
      flip ^= operand;
    } else {
      return false;
    }
  }
  return true;
}

Uint128 Changed(const std::vector<std::pair<std::string, Uint128>>& changes, Uint128 value) {
  for (const auto& [op, operand] : changes) {
    const auto shift = static_cast<unsigned>(operand < 128 ? operand : 127);
    if (op == "&") value &= operand;
    if (op == "|") value |= operand;
    if (op == "^") value ^= operand;
    if (op == "<<") value <<= shift;
    if (op == ">>") value >>= shift;
  }
  return value;
}

}  // namespace sandlint
