#pragma once

#include "model/server.h"

namespace sandlint {

/// Compares what the firewalls of a server's launches let out with the hosts that are documented
/// for it, by the addresses that providers publish.
void CompareAllowlists(Server& server);

}  // namespace sandlint
