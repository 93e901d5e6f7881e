#pragma once

#include <string>
#include <vector>

#include "model/host.h"
#include "model/server.h"

namespace sandlint {

/// A launch with the probe in the place of the server.
struct ProbeLaunch {
  std::vector<std::string> argv;   ///< the wrapper, up to and with the probe
  std::string tool;                ///< bwrap, firejail, podman, docker
  std::string copy;                ///< where the probe has to be copied to first; empty: nowhere
  std::vector<std::string> check;  ///< a command that has to succeed first; empty: none
  std::vector<std::string> temp_directories;  ///< made for this run, removed afterwards
  std::string refused;                        ///< not empty: it cannot be probed, and this is why
};

/// The wrapper of `launch`, as its layers spell it, around `probe` (a file of this machine). No
/// script and no part of the server is started.
ProbeLaunch LaunchOfProbe(const Launch& launch, const std::string& probe, const HostFacts& host);

}  // namespace sandlint
