#pragma once

#include <string_view>
#include <vector>

#include "model/word.h"
#include "scanner/egress/firewall.h"
#include "scanner/parse/iptables.h"

namespace sandlint {

/// direct.xml of firewalld: rules for iptables in the order of their priorities. Zones filter what
/// comes in and hold nothing that a server sends.
struct FirewalldDirect {
  IptablesFile v4, v6;
  std::vector<FirewallProblem> gaps;
};

bool IsFirewalldDirect(std::string_view path, std::string_view text);
FirewalldDirect ReadFirewalldDirect(const Source& source);

}  // namespace sandlint
