#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/source.h"

namespace sandlint {

/// PositionOf for many places of large sources: each source is walked once, a place then costs the
/// same wherever it is.
class Locator {
 public:
  explicit Locator(ColumnUnit unit = ColumnUnit::CodePoint) : unit_(unit) {}
  Position Of(const Source& source, std::uint32_t offset);

 private:
  ColumnUnit unit_;
  /// The position of every kStep-th byte.
  std::unordered_map<const Source*, std::vector<Position>> marks_;
};

}  // namespace sandlint
