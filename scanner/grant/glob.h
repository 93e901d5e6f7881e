#pragma once

#include <string_view>

namespace sandlint {

/// fnmatch(3) with FNM_PATHNAME: `*`, `?` and `[…]` match no slash. Linear in practice: no pattern
/// makes it slow.
bool MatchesPath(std::string_view pattern, std::string_view path);
/// Does the text hold `*`, `?` or `[`?
bool HasWildcard(std::string_view text);

}  // namespace sandlint
