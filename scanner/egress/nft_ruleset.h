#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/parse/nft.h"

namespace sandlint {

struct NftChainState {
  std::string name;
  Span span;
  bool base = false;
  std::string type, hook;
  int priority = 0;
  bool drops = false;  ///< its policy
  Span policy;         ///< where it is set; the hook line where it is not
  std::vector<std::string> devices;
  std::size_t registered = 0;  ///< the order in which base chains were made
  struct Entry {
    NftRule rule;
    std::uint64_t handle = 0;
  };
  std::vector<Entry> rules;
  std::string doubt;  ///< why what it holds is not known
  Span doubt_span;
};

struct NftSetState {
  std::string name;
  NftSetSpec spec;
  std::vector<NftExpr> elements;
  bool filled_by_rules = false;  ///< a rule adds or deletes elements
};

struct NftTableState {
  std::string family, name;
  bool dormant = false;
  std::deque<NftChainState> chains;
  std::deque<NftSetState> sets;
  std::map<std::string, std::string, std::less<>> objects;  ///< name -> counter, limit …
  std::uint64_t last_handle = 0;
  std::vector<NftRule> removed;  ///< by a later command; nft has checked them all the same

  NftChainState* FindChain(std::string_view chain);
  const NftChainState* FindChain(std::string_view chain) const;
  NftSetState* FindSet(std::string_view set);
  const NftSetState* FindSet(std::string_view set) const;
};

/// What nft would make of a file on a machine without any rules.
struct NftRuleset {
  std::deque<NftTableState> tables;
  std::vector<NftProblem> problems;  ///< of the file too
  std::vector<Span> empty_globs;
  bool flushes = false;  ///< it removes what was loaded before

  bool Refused() const;  ///< for certain: nothing of it is active
  const NftProblem* FirstRefusal() const;
  const NftProblem* FirstGap() const;  ///< an include that is not there
};

NftRuleset ApplyNft(NftFile file);

}  // namespace sandlint
