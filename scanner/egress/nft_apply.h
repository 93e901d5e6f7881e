#pragma once

#include <string>

#include "scanner/egress/nft_ruleset.h"

namespace sandlint {

/// One transaction at work; private to nft_ruleset.cpp, nft_chains.cpp and nft_jumps.cpp.
struct NftTransaction {
  NftRuleset ruleset;
  std::size_t registered = 0;
  std::size_t removals = 0;  ///< comparisons that the removal of elements took

  void Flush(const NftCommand& command);
  void Table(const NftCommand& command);
  void Chain(const NftCommand& command);
  void Rule(NftCommand command);
  void Set(NftCommand command);
  void Element(NftCommand command);
  void Named(const NftCommand& command);

  void Refuse(const NftCommand& command, std::string text);
  NftTableState* FindTable(const NftCommand& command);
  NftTableState* NeedTable(const NftCommand& command);
  NftChainState* NeedChain(const NftCommand& command);
  void SetHook(const NftCommand& command, const NftTableState& table, NftChainState& chain);
  bool CheckPlace(const NftCommand& command, const NftTableState& table, int priority);
  void SetPolicy(const NftCommand& command, NftChainState& chain);
  void CheckStatements(const NftCommand& command, NftTableState& table);
};

/// Empties a chain.
void RemoveNftRules(NftTableState& table, NftChainState& chain);

/// Jumps to chains that are not there, to base chains, in circles or too deep: each is a refusal.
void CheckNftJumps(NftRuleset& ruleset);

/// What a verdict, alone or in a map, jumps to: appended to `out`.
void CollectTargets(const NftStatement& statement, const NftTableState& table,
                    std::vector<const NftExpr*>& out);

}  // namespace sandlint
