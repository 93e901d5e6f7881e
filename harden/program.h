#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harden/plan.h"

namespace sandlint {

/// The server itself, without the wrappers and launchers around it.
struct ProgramWords {
  std::optional<ProgramRef> package;  ///< npm or pypi: it is to be installed, not fetched
  Word program;
  std::vector<Word> arguments;
  std::size_t script = std::string::npos;  ///< index in arguments: what an interpreter runs
  std::string refused;  ///< not empty: there is no program that a profile could start
};
ProgramWords WordsOfProgram(const Server& server);

/// The arguments that may name what the server works on.
std::vector<Word> OwnArguments(const ProgramWords& words);

/// Fills program, arguments, package and the paths that starting it needs.
void AddProgram(HardenPlan& plan, const ProgramWords& words, const HardenFacts& facts);

}  // namespace sandlint
