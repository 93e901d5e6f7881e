#pragma once

// The facets of a grant besides the file system, each folded over the layers from the outside in.

#include "model/server.h"
#include "scanner/grant/grant.h"
#include "scanner/grant/view.h"

namespace sandlint {

/// Who the program is for the host's files, and what it may be inside.
Identity FoldIdentity(const std::vector<Layer>& layers, const HostFacts& host);

/// What of other processes' environments can be read in /proc.
struct ProcSight {
  std::vector<bool> own;      ///< by layer: a process of the tool itself keeps its caller's
  std::vector<bool> outside;  ///< by layer: the processes outside of it stay visible
  bool host = false;          ///< that of every process of the host
  bool shown = true;          ///< there is a procfs in sight
};
Environment FoldEnvironment(const std::vector<Layer>& layers, const ServerDecl* decl,
                            const ClientSide& client, const Identity& identity,
                            const ProcSight& sight);

Egress FoldEgress(const std::vector<Layer>& layers, const HostFacts& host, const PathView& paths);

/// Notes which values of variables stand elsewhere: `X=$TOKEN`, an argument `$TOKEN`.
void AddCopies(Environment& environment, const std::vector<Layer>& layers,
               const VariableSet& at_client, const ServerDecl* decl);

/// The first note of a layer that makes a facet uncertain, or null.
const Note* DoubtOf(const Layer& layer, Facet facet);

}  // namespace sandlint
