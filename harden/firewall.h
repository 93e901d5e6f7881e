#pragma once

#include <string>

#include "harden/plan.h"

namespace sandlint {

/// The user under which a server with a network runs, so that a firewall can tell it from others.
std::string FirewallUser(const HardenPlan& plan);

/// Rulesets that hold that user and deny by default, for IPv4 and IPv6. Named hosts are sets that
/// HostsScript fills: their addresses change.
std::string NftRuleset(const HardenPlan& plan);
std::string PfRuleset(const HardenPlan& plan);
/// Empty where no host is named.
std::string NftHostsScript(const HardenPlan& plan);

/// Adds what a plan with a network needs beside its profile: the ruleset, the user, the steps.
/// `launch` becomes one of that user.
void AddNftFirewall(const HardenPlan& plan, Hardened& result);
void AddPfFirewall(const HardenPlan& plan, Hardened& result);

}  // namespace sandlint
