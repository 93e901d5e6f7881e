#pragma once

#include <optional>

#include "scanner/grant/container_actor.h"
#include "scanner/grant/container_seats.h"

namespace sandlint {

/// Ways out of a container that need no mount.
struct Escapes {
  Because proven;    ///< root inside is root of the host
  Because possible;  ///< nothing here rules them out
};

Escapes EscapesOf(const Layer& layer, const Actors& actors, const HostFacts& host,
                  const Seats& seats);

/// What may show the host's processes of the same user with their environments, or nothing.
std::optional<Evidence> SeesHostProcesses(const Layer& layer, const HostFacts& host);

}  // namespace sandlint
