#pragma once

#include <string>
#include <vector>

#include "model/firewall.h"
#include "scanner/egress/host_firewall.h"

namespace sandlint {

/// The launches that a firewall of the host could hold.
struct EgressAskers {
  std::vector<EgressAsker> all;
  std::vector<std::string> inner_users;  ///< names and numbers that exist inside of a sandbox only
};

/// What a reader of the files should know: what is not in force, what holds nobody, what misleads.
std::vector<FirewallRemark> RemarksOn(const HostFirewalls& firewalls, const EgressNames& names,
                                      const EgressAskers& askers);

}  // namespace sandlint
