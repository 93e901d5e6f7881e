#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/parse/pf.h"

namespace sandlint {

/// An address that a name stands for, with the length of its network.
struct PfAddress {
  IpAddress address;
  std::uint32_t length = 0;
};

/// What pfctl asks the machine for. Without it names stay names.
struct PfMachine {
  std::function<std::vector<PfAddress>(std::string_view)> interface_addresses;  ///< or of a host
  std::function<std::optional<std::uint32_t>(std::string_view)> user, group;
};

/// The rules that pfctl makes of one: a rule for each combination of the items of its lists, in its
/// order, those whose families contradict left out. Every list of a result has one item at most.
/// `antispoof` becomes its `block` rules where the machine knows the addresses. Nothing when there
/// would be more than `limit`.
std::optional<std::vector<PfRule>> ExpandPf(const PfRule& rule, const PfMachine& machine = {},
                                            std::size_t limit = 65536);

/// How pfctl of different years prints the same rule.
struct PfStyle {
  bool states = true;      ///< `flags S/SA keep state` on a pass rule that has no word of its own
  bool drop = true;        ///< `block drop` for a plain block
  bool returns = false;    ///< `set block-policy return` is in force
  std::size_t number = 0;  ///< of the rule, for `$nr` in a label
};

/// A rule of ExpandPf as `pfctl -nv` prints it, ports and ICMP types as numbers.
std::string PrintPf(const PfRule& rule, const PfStyle& style, const PfMachine& machine = {});

/// The number of an ICMP type of pf.conf by name, or of a number in text.
std::optional<std::uint8_t> PfIcmpType(std::string_view name, int family);

}  // namespace sandlint
