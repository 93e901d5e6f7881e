#pragma once

#include <map>
#include <string>
#include <vector>

#include "scanner/egress/iptables_match.h"

namespace sandlint {

/// The chains of one table by name.
using IptChainNumbers = std::map<std::string, int, std::less<>>;

/// What the target of a rule does with the packets that match.
std::vector<Step> IptTargetSteps(const IptRule& rule, const IptChainNumbers& chains,
                                 const std::string& table, const IptContext& context);

}  // namespace sandlint
