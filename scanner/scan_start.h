#pragma once

#include <string>
#include <vector>

#include "model/host.h"
#include "model/server.h"

namespace sandlint {

/// The folder that an editor takes for its workspace, absolute, for `${workspaceFolder}`; empty for
/// a client without one.
Word WorkspaceOf(const ServerDecl& decl, const HostFacts& host);

/// Where a client starts a server.
struct StartPlace {
  std::string directory;  ///< absolute; empty: where the session is
  bool lost = false;      ///< nobody knows
  Word word;              ///< decides it
};
StartPlace StartPlaceOf(const ServerDecl& decl, const HostFacts& host);

/// Does what these layers grant depend on where they are started?
bool DependsOnStart(const std::vector<Layer>& layers);

}  // namespace sandlint
