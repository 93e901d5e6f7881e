#pragma once

// The facets of a grant besides the file system, each folded over the layers from the outside in.

#include "model/server.h"
#include "scanner/grant/grant.h"
#include "scanner/grant/view.h"

namespace sandlint {

/// Who the program is for the host's files, and what it may be inside.
Identity FoldIdentity(const std::vector<Layer>& layers, const HostFacts& host);

/// `own_proc`: a layer that keeps its caller's environment readable in /proc, by index; `host_proc`:
/// that of every process of the host is.
Environment FoldEnvironment(const std::vector<Layer>& layers, const ServerDecl* decl,
                            const ClientSide& client, const Identity& identity,
                            const std::vector<bool>& own_proc, bool host_proc);

Egress FoldEgress(const std::vector<Layer>& layers, const HostFacts& host, const PathView& paths);

/// The first note of a layer that makes a facet uncertain, or null.
const Note* DoubtOf(const Layer& layer, Facet facet);

}  // namespace sandlint
