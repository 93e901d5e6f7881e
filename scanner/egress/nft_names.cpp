// Names that nft itself knows, as `nft describe` lists them.

#include <algorithm>
#include <charconv>
#include <span>
#include <string>

#include "scanner/egress/nft_values.h"
#include "scanner/egress/text.h"
#include "scanner/parse/service_names.h"

namespace sandlint {
namespace {

struct Symbol {
  std::string_view name;
  std::uint32_t value;
};
constexpr Symbol kFamilies[] = {{"ipv4", 2}, {"ipv6", 10}, {"ip", 2}, {"ip6", 10}};
constexpr Symbol kEtherTypes[] = {{"ip", 0x800},     {"arp", 0x806},     {"ip6", 0x86dd},
                                  {"8021q", 0x8100}, {"8021ad", 0x88a8}, {"vlan", 0x8100}};
constexpr Symbol kIcmpTypes[] = {{"echo-reply", 0},           {"destination-unreachable", 3},
                                 {"source-quench", 4},        {"redirect", 5},
                                 {"echo-request", 8},         {"router-advertisement", 9},
                                 {"router-solicitation", 10}, {"time-exceeded", 11},
                                 {"parameter-problem", 12},   {"timestamp-request", 13},
                                 {"timestamp-reply", 14},     {"info-request", 15},
                                 {"info-reply", 16},          {"address-mask-request", 17},
                                 {"address-mask-reply", 18}};
constexpr Symbol kIcmp6Types[] = {
    {"destination-unreachable", 1},  {"packet-too-big", 2},         {"time-exceeded", 3},
    {"parameter-problem", 4},        {"echo-request", 128},         {"echo-reply", 129},
    {"mld-listener-query", 130},     {"mld-listener-report", 131},  {"mld-listener-done", 132},
    {"mld-listener-reduction", 132}, {"nd-router-solicit", 133},    {"nd-router-advert", 134},
    {"nd-neighbor-solicit", 135},    {"nd-neighbor-advert", 136},   {"nd-redirect", 137},
    {"router-renumbering", 138},     {"ind-neighbor-solicit", 141}, {"ind-neighbor-advert", 142},
    {"mld2-listener-report", 143}};
constexpr Symbol kIcmpCodes[] = {{"net-unreachable", 0},  {"host-unreachable", 1},
                                 {"prot-unreachable", 2}, {"port-unreachable", 3},
                                 {"frag-needed", 4},      {"net-prohibited", 9},
                                 {"host-prohibited", 10}, {"admin-prohibited", 13}};
constexpr Symbol kIcmp6Codes[] = {{"no-route", 0},         {"admin-prohibited", 1},
                                  {"addr-unreachable", 3}, {"port-unreachable", 4},
                                  {"policy-fail", 5},      {"reject-route", 6}};
constexpr Symbol kStates[] = {
    {"invalid", 1}, {"established", 2}, {"related", 4}, {"new", 8}, {"untracked", 64}};
constexpr Symbol kStatus[] = {{"expected", 1}, {"seen-reply", 2}, {"assured", 4},  {"confirmed", 8},
                              {"snat", 0x10},  {"dnat", 0x20},    {"dying", 0x200}};
constexpr Symbol kDirections[] = {{"original", 0}, {"reply", 1}};
constexpr Symbol kTcpFlags[] = {{"fin", 1},    {"syn", 2},    {"rst", 4},    {"psh", 8},
                                {"ack", 0x10}, {"urg", 0x20}, {"ecn", 0x40}, {"cwr", 0x80}};
constexpr Symbol kFibTypes[] = {{"unspec", 0},    {"unicast", 1},     {"local", 2},
                                {"broadcast", 3}, {"anycast", 4},     {"multicast", 5},
                                {"blackhole", 6}, {"unreachable", 7}, {"prohibit", 8}};
constexpr Symbol kLinkTypes[] = {{"ether", 1},     {"ppp", 0x200},      {"ipip", 0x300},
                                 {"ipip6", 0x301}, {"loopback", 0x304}, {"sit", 0x308},
                                 {"ipgre", 0x30a}};

std::span<const Symbol> SymbolsOf(NftType type) {
  switch (type) {
    case NftType::Family:
      return kFamilies;
    case NftType::EtherType:
      return kEtherTypes;
    case NftType::IcmpType:
      return kIcmpTypes;
    case NftType::Icmp6Type:
      return kIcmp6Types;
    case NftType::IcmpCode:
      return kIcmpCodes;
    case NftType::Icmp6Code:
      return kIcmp6Codes;
    case NftType::State:
      return kStates;
    case NftType::Status:
      return kStatus;
    case NftType::Direction:
      return kDirections;
    case NftType::TcpFlags:
      return kTcpFlags;
    case NftType::FibType:
      return kFibTypes;
    case NftType::LinkType:
      return kLinkTypes;
    default:
      return {};
  }
}

std::optional<Uint128> AddressOf(Family family, std::string_view text) {
  const auto address = ParseAddress(text);
  if (address && address->family == family) return address->value;
  if (address) return std::nullopt;
  const auto number = ParseNumber(text);
  if (number && *number <= LastAddress(family)) return number;
  return std::nullopt;
}

}  // namespace

std::optional<Uint128> ParseNumber(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, hex ? 16 : 10);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Uint128> NftNumber(NftType type, std::string_view text) {
  if (type == NftType::Address4) return AddressOf(Family::V4, text);
  if (type == NftType::Address6) return AddressOf(Family::V6, text);
  for (const Symbol& symbol : SymbolsOf(type)) {
    if (symbol.name == text) return symbol.value;
  }
  if (const auto number = ParseNumber(text)) {
    return *number <= LargestOf(type) ? number : std::nullopt;
  }
  if (type == NftType::Port) {
    if (const auto port = PortOfService(text)) return *port;
  }
  if (type == NftType::Protocol) {
    if (const auto protocol = ProtocolOfName(text)) return *protocol;
    std::string lower(text);  // /etc/protocols has each name in capitals too
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    if (const auto protocol = ProtocolOfName(lower)) return *protocol;
  }
  return std::nullopt;
}

Uint128 LargestOf(NftType type) {
  switch (type) {
    case NftType::Address6:
      return ~Uint128{0};
    case NftType::Port:
    case NftType::EtherType:
    case NftType::LinkType:
      return 65535;
    case NftType::Protocol:
    case NftType::Family:
    case NftType::IcmpType:
    case NftType::Icmp6Type:
    case NftType::IcmpCode:
    case NftType::Icmp6Code:
    case NftType::TcpFlags:
    case NftType::Direction:
      return 255;
    case NftType::Number:
    case NftType::Text:
      return ~std::uint64_t{0};
    default:
      return 0xffffffffU;
  }
}

bool IsBitmask(NftType type) {
  return type == NftType::State || type == NftType::Status || type == NftType::TcpFlags;
}

}  // namespace sandlint
