#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/source.h"

namespace sandlint {

/// `primaryLocationLineHash` of every line of a text (the first has index 0), as GitHub's
/// codeql-action computes it: an alert is known again by it when lines move.
std::vector<std::string> LineHashes(std::string_view text);

/// The same for sources, each computed once.
class HashedLines {
 public:
  /// `line` is 1-based. Empty where there is no such line.
  std::string Of(const Source& source, std::uint32_t line);

 private:
  std::unordered_map<const Source*, std::vector<std::string>> by_source_;
};

}  // namespace sandlint
