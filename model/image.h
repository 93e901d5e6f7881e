#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/layer.h"
#include "model/support.h"
#include "model/word.h"

namespace sandlint {

/// What a Dockerfile writes into an image: ENV, or the default of an ARG, which stays in its
/// history.
struct BakedValue {
  Word name;
  Word value;
  bool argument = false;
};

/// An account that a RUN line makes.
struct BuiltUser {
  std::string name;
  std::optional<std::uint32_t> uid;  ///< nothing: the tool chooses, and never 0
  Word word;
};

/// The image that the last stage of a Dockerfile (or the stage that is asked for) makes.
struct ImageBuild {
  std::string path;               ///< of the Dockerfile, in the tree
  Word linked_by;                 ///< what says that an image of this name is built from it
  bool certain = false;           ///< the launch itself builds it: nothing is assumed
  std::vector<ProgramRef> bases;  ///< images of others that it is made of, the one below it first
  bool scratch = false;           ///< nothing is below it
  std::optional<Word> user;       ///< nothing: that of the base image
  std::vector<BakedValue> values;
  std::optional<std::vector<Word>> entrypoint, command;  ///< nothing: those of the base image
  std::optional<Word> directory;                         ///< WORKDIR
  std::vector<Word> volumes;
  std::vector<BuiltUser> users;
  std::vector<Word> downloads;       ///< ADD of an address without a checksum
  std::vector<Word> run_downloads;   ///< a download that RUN hands to a shell
  std::vector<Word> copied_secrets;  ///< files of the context that hold secrets by their name
  std::vector<Note> notes;
};

}  // namespace sandlint
