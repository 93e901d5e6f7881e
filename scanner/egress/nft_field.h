#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scanner/egress/boxes.h"
#include "scanner/egress/nft_values.h"

namespace sandlint {

/// What a selector looks at, in the terms of a flow.
enum class NftWhat : std::uint8_t {
  Family,
  Protocol,
  Address,
  Port,
  IcmpType,
  IcmpCode,
  Device,
  User,
  Group,
  Mark,
  CtMark,
  State,
  Constant,  ///< one of `constants`
  FibType,
  LinkType,
  Unknown,  ///< depends on what is not known before the packet is sent
};

struct NftField {
  NftWhat what = NftWhat::Unknown;
  NftType type = NftType::Number;
  Family family = Family::V4;  ///< of an address
  /// Outside of it the expression fails: no match, under != neither.
  FlowSet domain = FlowSet::All();
  FlowSet blurred;  ///< flows of which it reads something else (`th dport` of ICMP)
  std::vector<Uint128> constants;
  bool original = false;  ///< the destination before any rewriting
  bool by_index = false;  ///< a device that must exist when the rules are loaded
  bool tracked = false;   ///< fails for packets that are not tracked
  std::vector<std::pair<std::string, Uint128>> changes;  ///< masks and shifts, in order
  std::string doubt;                                     ///< of Unknown: what it depends on
  /// Header families that nft ties the rule to: "ip", "ip6" and "tcp", "udp", …; empty for none.
  std::string network, transport;
};

/// `left` is a selector, or one under masks and shifts.
NftField FieldOf(const NftExpr& left);

/// The parts of a set's type (`ipv4_addr`) as fields have them.
std::optional<NftType> TypeByName(std::string_view name);

/// (value & mask) ^ flip, when the changes amount to that.
bool AsMask(const std::vector<std::pair<std::string, Uint128>>& changes, Uint128& mask,
            Uint128& flip);
Uint128 Changed(const std::vector<std::pair<std::string, Uint128>>& changes, Uint128 value);

}  // namespace sandlint
