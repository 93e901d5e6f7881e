#pragma once

#include "model/server.h"
#include "scanner/grant/view.h"

namespace sandlint {

/// What came out of applying the mounts of a bwrap layer.
struct BwrapResult {
  std::shared_ptr<const View> view;
  std::vector<StartProblem> problems;  ///< what makes bwrap refuse to start
  std::vector<Note> notes;
  /// A procfs of the sandbox's own pid namespace can be read somewhere inside.
  bool own_proc = false;
};

/// Applies the mounts of `layer` in order, the way bwrap does: sources are resolved outside before
/// anything is mounted, then each operation works on the tree as it stands.
/// `working_directory` is the caller's, outside. `inside` are the credentials of the program.
BwrapResult ApplyBwrap(const Layer& layer, std::shared_ptr<const View> outside,
                       const std::string& working_directory, Credentials inside);

}  // namespace sandlint
