#pragma once

#include <string>

#include "scanner/egress/nft_match.h"

namespace sandlint {

Step NftStepOf(StepKind kind, Span span, std::string word = {});
/// dnat and redirect to one destination; `domain`: the family of its address.
Step NftNatStep(const NftStatement& statement, FlowSet& domain);
/// `meta mark set …` (or ct mark): to a value, from the other mark, or by bits of its own.
Step NftMarkStep(bool of_packet, Span span, const NftExpr& raw);

}  // namespace sandlint
