#pragma once

#include <set>
#include <string>
#include <vector>

#include "scanner/egress/ipset.h"
#include "scanner/egress/iptables_rule.h"

namespace sandlint {

/// What the matches of a rule depend on beside the rule.
struct IptContext {
  const EgressSubject& subject;
  const EgressNames& names;
  const Ipsets& sets;
  const std::set<std::string, std::less<>>& dynamic_sets;  ///< filled by a rule: `-j SET`
  InterfaceNames& interfaces;
  Family family = Family::V4;
  std::vector<IptablesRemark>& remarks;
};

/// The conditions of a rule as steps that all must hold.
std::vector<Step> IptMatchSteps(const IptRule& rule, const IptContext& context);

/// `v` or `v/mask`, decimal or hexadecimal.
struct IptMark {
  std::uint32_t value = 0, mask = ~std::uint32_t{0};
};
std::optional<IptMark> ParseIptMark(std::string_view text);

/// `a`, `a:b`, `:b`, `a:`, with names; nothing when a name is not known.
std::optional<PortRange> ParseIptPorts(std::string_view text);

}  // namespace sandlint
