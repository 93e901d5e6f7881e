#pragma once

#include <vector>

#include "scanner/egress/nft_field.h"

namespace sandlint {

/// Numbers from 0 to `largest` that are in none of `ranges` (in any order).
std::vector<AddressRange> Without(std::vector<AddressRange> ranges, Uint128 largest);

/// The numbers whose changed value (masks, shifts) lies in `ranges`; false when that is not worked
/// out for so many numbers.
bool Unchanged(const NftField& field, const std::vector<AddressRange>& ranges,
               std::vector<AddressRange>& out);

/// Flows whose field is one of `ranges`: a lower and an upper bound (they differ where a device's
/// type or the routing table decides).
struct NftFlows {
  FlowSet sure, possible;
};
NftFlows FlowsWhere(const NftField& field, const std::vector<AddressRange>& ranges);

}  // namespace sandlint
