#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

namespace sandlint {

/// One launch of firejail: what stands in which file, and the words.
struct FirejailCase {
  std::vector<std::string> words;            ///< options, the command left out
  std::map<std::string, std::string> files;  ///< profiles, includes, overrides
  std::string directory;
  std::vector<std::string> lines;  ///< every line and option, in order: what the quotas count
  std::string Text() const;
};

class FirejailGenerator {
 public:
  explicit FirejailGenerator(unsigned seed) : random_(seed) {}
  FirejailCase Next();

 private:
  std::string Pick(const std::vector<std::string>& pool);
  bool Chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  std::string Line();
  std::vector<std::string> Lines();
  FirejailCase Build(std::vector<std::string> lines);

  std::mt19937 random_;
  std::vector<std::string> last_;  ///< the lines of the case before, for a pair in another order
};

}  // namespace sandlint
