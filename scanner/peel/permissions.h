#pragma once

#include <vector>

#include "model/word.h"

namespace sandlint {

// How deno and node write their permissions into the profile of a layer: parameters with the keys
// `allow-read`, `allow-write`, `deny-read`, `deny-write` and a path, `*` for everything; `sockets`:
// unix sockets can be reached; `open`: nothing is held back, by the word that says so.

/// `a,b` -> `a`, `b`.
std::vector<Word> SplitCommas(const Word& value);

}  // namespace sandlint
