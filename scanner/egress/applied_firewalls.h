#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/grant.h"
#include "scanner/egress/firewall.h"

namespace sandlint {

/// A firewall that holds somebody, as far as is known.
struct AppliedFirewall {
  Firewall firewall;
  FlowVerdict verdict;
  bool doubtful = false;  ///< whether its rules mean this user is not known
  std::string loaded;     ///< `the rules of FILE are loaded`
};
/// Each has to let a flow out.
using AppliedFirewalls = std::vector<AppliedFirewall>;

/// What they do together. `lists`: one for each of those who may be asking.
HostFirewall TogetherOf(std::vector<AppliedFirewalls> lists);

}  // namespace sandlint
