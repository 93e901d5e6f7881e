#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/layer.h"

namespace sandlint {

/// What variables hold at one place of a launch, as far as that can be said.
class ProbeVariables {
 public:
  /// `environment`: NAME=value texts, what the outermost wrapper is started with; and where.
  ProbeVariables(const std::vector<std::string>& environment, std::string directory);

  /// A shell sets PWD itself.
  void StartShell();
  /// What `layer` changes for everything behind it.
  void Enter(const Layer& layer);
  /// Words that say `assumed` mean `real`: a directory that mktemp makes.
  void Rename(const std::string& assumed, const std::string& real);
  /// The text of a word as a shell would make it here; `problem` says what is not known.
  std::string TextOf(const Word& word, std::string& problem) const;

 private:
  void Apply(const EnvEdit& edit);

  std::map<std::string, std::string> values_;
  std::string directory_;  ///< empty: not known
  std::vector<std::pair<std::string, std::string>> renamed_;
};

}  // namespace sandlint
