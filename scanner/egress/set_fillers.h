#pragma once

#include <set>
#include <string>
#include <string_view>

#include "scanner/egress/nft_ruleset.h"

namespace sandlint {

/// Sets whose elements a script of the tree adds or removes when it runs: what a file of rules
/// lists of them is not all that is in them.
class SetFillers {
 public:
  /// Looks for `add element …` of nft and `ipset add …`, wherever they stand in a text.
  void See(std::string_view text);
  bool Any() const { return !nft_.empty() || !ipset_.empty(); }
  bool Fills(const std::string& table, const std::string& set) const;
  bool FillsIpset(const std::string& set) const;
  void Mark(NftRuleset& ruleset) const;

 private:
  std::set<std::string> nft_;    ///< `table set`; `*` for a word that is not known
  std::set<std::string> ipset_;  ///< likewise
};

}  // namespace sandlint
