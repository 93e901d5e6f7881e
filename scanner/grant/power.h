#pragma once

#include "model/host.h"
#include "model/layer.h"
#include "model/support.h"

namespace sandlint {

/// What a process of the launch may do by its capabilities, in the user namespace that it is in.
struct Power {
  Answer capabilities = Answer::No;  ///< Yes: CAP_SYS_ADMIN is among them
  Answer root = Answer::No;          ///< is it uid 0 there?
  Answer mounts = Answer::Yes;       ///< do the mounts that it sees belong to that namespace?
  int space = 0;                     ///< which user namespace: 0 is that of the client

  /// Looks like root, and may have capabilities, in a user namespace that a layer made: those who
  /// treat root in a way of their own do so here.
  bool RootOfSpace() const { return space > 0 && capabilities != Answer::No && root != Answer::No; }
};

Power PowerOfCaller(const HostFacts& host);

/// That of what `layer` starts.
Power PowerBehind(const Layer& layer, const Power& outside, const HostFacts& host);

}  // namespace sandlint
