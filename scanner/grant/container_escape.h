#pragma once

#include "scanner/grant/container_actor.h"

namespace sandlint {

/// Ways out of a container that need no mount.
struct Escapes {
  Because proven;    ///< root inside is root of the host
  Because possible;  ///< nothing here rules them out
};

Escapes EscapesOf(const Layer& layer, const Actors& actors, const HostFacts& host);

}  // namespace sandlint
