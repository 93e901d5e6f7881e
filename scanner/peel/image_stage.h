#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scanner/parse/docker_words.h"
#include "scanner/peel/image_build.h"

namespace sandlint {

using BuildVariables = std::map<std::string, Word, std::less<>>;

/// One stage of a Dockerfile while its instructions are applied.
struct BuildStage {
  std::string name;                  ///< behind AS, in lower case
  ImageBuild image;                  ///< so far
  BuildVariables environment;        ///< ENV
  BuildVariables arguments;          ///< ARG that was seen
  std::vector<Word> shell;           ///< empty: /bin/sh -c
  bool command_set = false;          ///< in this stage
  bool other_base = false;           ///< an image of others is below it: it may set anything
  std::set<std::size_t> uses;        ///< stages that it copies from
  std::vector<ProgramRef> borrowed;  ///< images of others that it copies from
  std::vector<const DockerInstruction*> triggers;  ///< ONBUILD, for the stage that builds on it
};

/// All that an instruction can look at.
struct BuildState {
  const DockerText& text;
  const BuildRequest& request;
  const PeelContext& context;
  BuildVariables global{};  ///< ARG before the first FROM
  std::vector<BuildStage> stages{};

  BuildStage& Stage() { return stages.back(); }
  Word Expand(const Word& word) const;
  /// The stage that a name or a number means.
  std::optional<std::size_t> StageOf(const std::string& name) const;
};

void ApplyInstruction(BuildState& state, const DockerInstruction& instruction);

void ApplyRun(BuildState& state, const DockerInstruction& instruction);
/// COPY and ADD.
void ApplyCopy(BuildState& state, const DockerInstruction& instruction);

}  // namespace sandlint
