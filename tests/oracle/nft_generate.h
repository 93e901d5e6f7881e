#pragma once

#include <random>
#include <string>
#include <vector>

namespace sandlint {

/// Random nftables rulesets in the words that bear on what leaves a machine: several tables and
/// base chains, jumps, sets, maps, marks, rewriting, connection states. Some are refused by nft.
class NftGenerator {
 public:
  explicit NftGenerator(unsigned seed) : random_(seed) {}
  std::string Ruleset();

 private:
  using Choices = std::vector<std::string>;
  std::size_t Below(std::size_t most) { return random_() % most; }
  bool Chance(std::size_t one_in) { return Below(one_in) == 0; }
  std::string Pick(const Choices& all) { return all[Below(all.size())]; }

  std::string Table(std::size_t number);
  std::string Sets();
  std::string BaseChain(std::size_t number);
  std::string Rules(std::size_t most, bool base);
  std::string Match();
  std::string FamilyMatch();
  std::string TransportMatch();
  std::string Vmap();
  std::string Verdict();
  std::string Changes();
  std::string Script(const std::string& table);
  /// Whole rules as they stand in the files of real machines, and what they need in the table.
  std::string Idiom(bool base);
  std::string IdiomObjects();
  std::string Filled(std::string rule);
  std::string Op() { return Chance(3) ? "!= " : Chance(4) ? "== " : ""; }
  std::string Prefix4();
  std::string Prefix6();
  std::string Port();

  std::mt19937 random_;
  std::string family_;
  int tied_ = 0;  ///< the family that the present rule already tests: 4, 6 or 0
  bool transport_ = false;
  bool rejects_ = false;  ///< of the present table, which then has no postrouting chain
};

}  // namespace sandlint
