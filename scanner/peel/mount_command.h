#pragma once

#include <optional>
#include <span>

#include "model/layer.h"

namespace sandlint {

/// A `mount` of a script: a tmpfs, a bind or an overlay; paths as they are written.
struct ScriptMount {
  Mount mount;
  std::optional<Word> odd;  ///< a word with which it may fail, or do something else
};

/// Nothing where it is none of these.
std::optional<ScriptMount> ReadMountCommand(std::span<const Word> words);

}  // namespace sandlint
