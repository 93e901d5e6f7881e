#pragma once

#include <string>
#include <vector>

#include "scanner/egress/nft_match.h"
#include "scanner/egress/nft_ruleset.h"
#include "scanner/egress/program.h"
#include "scanner/egress/subject.h"

namespace sandlint {

struct NftProgram {
  Program program;
  std::vector<NftProblem> problems;  ///< of the ruleset, and those that its values have
};

/// The rules that packets of `subject` meet on their way out: output, postrouting and egress, in
/// the order of the kernel. With a refusal among the problems nothing of the file is active.
NftProgram CompileNft(const NftRuleset& ruleset, const EgressSubject& subject,
                      const EgressNames& names);

/// The steps of one rule; private to nft_steps.cpp and nft_compile.cpp. `chains` maps the names of
/// the rule's table to chains of the program.
using NftChainNumbers = std::map<std::string, int, std::less<>>;
FlowRule CompileNftRule(const NftRule& rule, const NftChainNumbers& chains, NftContext& context);

/// What nft checks of a look-up: the type of the set, and what a map has for one value.
void CheckNftLookup(const NftStatement& statement, NftContext& context);
/// Values that do not fit the type of a set, prefixes without the interval flag, overlaps.
void CheckNftSets(NftContext& context);

}  // namespace sandlint
