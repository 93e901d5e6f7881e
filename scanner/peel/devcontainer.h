#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/peel/peel.h"

namespace sandlint {

/// A devcontainer.json of the tree: the container in which a client, and every server that it
/// starts, would run if somebody opens the tree in it. Nobody has to.
struct Devcontainer {
  std::string path;
  Layer layer;
  std::optional<Word> user;          ///< remoteUser, else containerUser
  std::optional<Word> host_command;  ///< initializeCommand: runs on the host
  std::vector<Word> engines;         ///< features and mounts that bring an engine of the host
};

/// All of the tree, in the order of their paths.
std::vector<Devcontainer> ReadDevcontainers(const PeelContext& context);

/// What a server would be given inside, in one clause.
std::string DescribeDevcontainer(const Devcontainer& container);

}  // namespace sandlint
