#pragma once

#include <functional>

#include "model/firewall.h"
#include "scanner/egress/boxes.h"

namespace sandlint {

/// A set of flows block by block, loopback and name servers aside. `line_of` says what lets a flow
/// out.
Allowlist BlocksOf(const FlowSet& flows, const std::function<Evidence(const Flow&)>& line_of);

}  // namespace sandlint
