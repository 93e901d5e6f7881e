#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/egress/boxes.h"
#include "scanner/parse/nft.h"

namespace sandlint {

/// What the values of a selector are.
enum class NftType : std::uint8_t {
  Number,
  Address4,
  Address6,
  Port,
  Protocol,
  Family,
  EtherType,
  Uid,
  Gid,
  Mark,
  Device,
  IcmpType,
  Icmp6Type,
  IcmpCode,
  Icmp6Code,
  State,
  Status,
  Direction,
  TcpFlags,
  FibType,
  LinkType,
  Text,
};

/// Numbers that one right-hand side stands for.
struct NftValues {
  std::vector<AddressRange> sure;
  std::vector<AddressRange> maybe;  ///< elements that expire
  bool anything = false;            ///< there may be more, not known which
  std::string doubt;
  std::string refusal;        ///< why nft does not take it; empty when it does
  Span where;                 ///< of the refusal
  std::vector<Span> hosts;    ///< names that are looked up when the rules are loaded
  std::vector<Span> unknown;  ///< names that nft refuses unless the machine has them
};

/// One word as a number of this type; nothing when it is no value of it.
std::optional<Uint128> NftNumber(NftType type, std::string_view text);
std::optional<Uint128> ParseNumber(std::string_view text);  ///< decimal or 0x

/// A scalar, range, prefix, list (bits set together) or set literal. Not for users and devices.
NftValues ValuesOf(const std::vector<const NftExpr*>& exprs, NftType type);
inline NftValues ValuesOf(const NftExpr& expr, NftType type) {
  return ValuesOf(std::vector<const NftExpr*>{&expr}, type);
}

/// The largest number of a type.
Uint128 LargestOf(NftType type);
/// Values that are bits: `x a,b` tests for any of them.
bool IsBitmask(NftType type);

}  // namespace sandlint
