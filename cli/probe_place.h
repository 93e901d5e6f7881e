#pragma once

#include <optional>
#include <string>

#include "model/host.h"
#include "model/server.h"

namespace sandlint {

/// `#!/usr/bin/env bash`: its words are not those of a launch.
bool IsShebang(const Layer& layer);
/// Does the server begin with it? Whatever comes behind is part of it.
bool IsProgram(const Layer& layer);

/// Its name where a sandbox has a root of its own.
inline constexpr const char* kProbeInside = "/sandlint-probe";

/// Where a bwrap shows a probe that stands at `place` outside of it. Nothing where there is no
/// place for it.
std::optional<std::string> PlaceInBwrap(const Layer& bwrap, const std::string& place);

/// Where the probe can be run in what the layers of `launch` up to `last` show: `probe` itself, or
/// a file that does not exist yet in a folder of the server. Nothing where no place is known.
std::optional<std::string> PlaceOfProbe(const Launch& launch, std::size_t last,
                                        const std::string& probe, const HostFacts& host,
                                        const ServerDecl* decl);

}  // namespace sandlint
