#pragma once

// The facets of a grant besides the file system, each folded over the layers from the outside in.

#include "model/server.h"
#include "scanner/grant/grant.h"
#include "scanner/grant/view.h"

namespace sandlint {

/// Who the program is for the host's files, and what it may be inside.
Identity FoldIdentity(const std::vector<Layer>& layers, const HostFacts& host);

/// What of other processes' environments can be read in /proc, each by the index of the layer.
struct ProcSight {
  const std::vector<bool>& own;      ///< a process of the tool itself keeps its caller's
  const std::vector<bool>& outside;  ///< the processes outside of the layer stay visible
  bool host = false;                 ///< that of every process of the host
};
Environment FoldEnvironment(const std::vector<Layer>& layers, const ServerDecl* decl,
                            const ClientSide& client, const Identity& identity,
                            const ProcSight& proc);

Egress FoldEgress(const std::vector<Layer>& layers, const HostFacts& host, const PathView& paths);

/// The first note of a layer that makes a facet uncertain, or null.
const Note* DoubtOf(const Layer& layer, Facet facet);

}  // namespace sandlint
