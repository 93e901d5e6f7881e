#pragma once

#include <set>
#include <string>
#include <vector>

#include "scanner/egress/ipset.h"
#include "scanner/egress/iptables_rule.h"
#include "scanner/egress/iptables_values.h"

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
  UserMentions& mentions;
};

/// The conditions of a rule as steps that all must hold.
std::vector<Step> IptMatchSteps(const IptRule& rule, const IptContext& context);

}  // namespace sandlint
