#pragma once

#include <optional>

#include "model/server.h"

namespace sandlint {

/// What the embedded catalogue (scanner/need/known_servers.toml) says of this server, or of its
/// class where only that is known; a Need without class when nothing is known.
Need NeedOf(const Server& server);

/// Every fact that `need` holds is known from `origin`.
void SayOrigin(Need& need, const std::string& origin);

/// The package, image or program that a server runs, from its launches or its URL.
std::optional<ProgramRef> PackageOf(const Server& server);

}  // namespace sandlint
