#pragma once

#include <memory>
#include <string>

#include "harden/plan.h"
#include "model/workspace.h"

namespace sandlint {

/// What `harden` makes of the first server of a tree, without a disk.
struct Made {
  Workspace workspace;
  HardenPlan plan;
  Hardened result;

  /// The file that ends so; empty where there is none.
  std::string File(std::string_view ending) const;
  /// Everything that is written or said.
  std::string All() const;
  bool Says(std::string_view part) const;  ///< among what is open
};

/// `entry` is the JSON of one server, `policy` the text of the policy file.
Made Make(std::string_view tool, const std::string& entry, const std::string& policy = {},
          const std::string& name = "files");

}  // namespace sandlint
