#pragma once

#include <optional>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// The file system of a service, as mounts in the order in which systemd makes them.
struct SystemdMounts {
  std::vector<Mount> mounts;
  std::vector<StartProblem> problems;
  std::optional<Word> unknown;  ///< a word whose effect nobody can tell here
};
SystemdMounts MountsOfService(const Layer& layer, const View& outside);

}  // namespace sandlint
