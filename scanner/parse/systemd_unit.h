#pragma once

#include <string_view>
#include <vector>

#include "model/source.h"
#include "model/word.h"

namespace sandlint {

/// One `Key=value` of a unit file; `\` at the end of a line goes on with the next.
struct UnitLine {
  std::string_view section;  ///< `Service`; empty before the first
  Word key;
  Word value;
};

/// The lines of a unit file (systemd.syntax(7)). Comments and what is no assignment are left out.
std::vector<UnitLine> ParseSystemdUnit(const Source& unit);

}  // namespace sandlint
