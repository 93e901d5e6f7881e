#pragma once

#include <string_view>
#include <vector>

#include "model/layer.h"

namespace sandlint {

/// The word by which a helper of a script (awk, git, tar …) may start another program, or a
/// variable that makes it do so; null where it cannot.
const Word* StartsAnother(const std::vector<Word>& words, const std::vector<EnvEdit>& environment);

/// `ip netns exec`, `op run`: what stands behind it is a program like any other.
bool StartsItsOperands(const std::vector<Word>& words);

/// Is this text of sed free of commands that run programs or write files?
bool IsHarmlessSed(std::string_view script);

}  // namespace sandlint
