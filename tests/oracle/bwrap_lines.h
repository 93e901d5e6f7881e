#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oracle/stage.h"

namespace sandlint::oracle {

/// One generated start of bwrap.
struct BwrapLine {
  std::vector<Strings> groups;  ///< options with their operands, in order
  bool by_root = false;
  bool asked_by_user = false;  ///< sandlint runs as the user, not as root
  std::string directory;
  std::string input;  ///< what descriptor 0 is: `null`, `filter`, `args`, `data`
  Strings environment;
};

/// Line `number` of the series `seed`: the same on every machine.
BwrapLine MakeBwrapLine(std::uint64_t seed, std::size_t number);
/// Every word behind `bwrap`, the probe's own bind and the command left out.
Strings WordsOf(const BwrapLine& line);
/// Paths inside that a line of the series can name.
Strings InsidePaths();
Strings StageVariables();

}  // namespace sandlint::oracle
