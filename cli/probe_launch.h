#pragma once

#include <string>
#include <vector>

#include "model/host.h"
#include "model/server.h"

namespace sandlint {

/// What is known when a launch is put together again.
struct ProbeFacts {
  std::string probe;  ///< a file of this machine
  const HostFacts* host = nullptr;
  const ServerDecl* decl = nullptr;
  /// NAME=value texts that the wrapper is started with; secrets are made up.
  std::vector<std::string> environment;
};

/// A launch with the probe in the place of the server.
struct ProbeLaunch {
  std::vector<std::string> argv;              ///< the wrappers, up to and with the probe
  std::string tool;                           ///< the innermost of bwrap, firejail, podman, …
  std::vector<std::string> copies;            ///< where the probe has to be copied to first
  std::vector<std::string> check;             ///< a command that has to succeed first; empty: none
  std::vector<std::string> temp_directories;  ///< made for this run, removed afterwards
  std::string refused;                        ///< not empty: it cannot be probed, and this is why
};

/// The wrappers of `launch`, as its layers spell them, with the probe in the place of what the
/// innermost one starts. No script and no part of the server is started.
ProbeLaunch LaunchOfProbe(const Launch& launch, const ProbeFacts& facts);

}  // namespace sandlint
