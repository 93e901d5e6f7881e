#pragma once

#include <cstdint>

#include "oracle/stage.h"

namespace sandlint::oracle {

inline constexpr const char* kPastKey = "/home/sam/.ssh/id_rsa";
inline constexpr const char* kPastProbe = "/usr/bin/pastprobe";

/// A shell line with a sandbox in it that hides a key and a variable, and something before, around
/// or behind the sandbox that may hand them on all the same.
struct PastLine {
  Strings argv;
  bool tree = false;  ///< sandlint knows the files of the working directory
};

/// Line `number` of the series `seed`: the same on every machine.
PastLine MakePastLine(std::uint64_t seed, std::size_t number);
/// Files of the working directory.
StageFiles PastTree();

}  // namespace sandlint::oracle
