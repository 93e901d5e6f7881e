#pragma once

#include <string_view>
#include <vector>

#include "scanner/egress/firewall.h"

namespace sandlint {

/// A file of /etc/firewalld/policies: what a machine sends is held by those from HOST.
bool IsFirewalldPolicy(std::string_view path, std::string_view text);
/// All policies of a machine, in the order of their priorities.
Firewall FirewalldPolicies(const std::vector<const Source*>& sources, const EgressSubject& subject,
                           const EgressNames& names);

}  // namespace sandlint
