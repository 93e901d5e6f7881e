#pragma once

#include "scanner/egress/firewall_script.h"
#include "scanner/parse/nft.h"

namespace sandlint {

/// The commands that a script gives to nft; it has some. Includes are not followed.
NftFile NftOf(const FirewallScript& script);
/// It makes no rules: its elements go into the sets of a file (SetFillers).
bool OnlyFills(const FirewallScript& script);

}  // namespace sandlint
