#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/finding.h"

namespace sandlint {

/// A place in a home that no server has to see. `~/.config` stands for everything in it.
struct SecretPath {
  std::string_view path;  ///< below the home, without a leading slash
  Severity severity = Severity::Warning;
  bool mac_only = false;  ///< looked for in homes below /Users only
};

/// Those that the guide names (error) first, then others of the same worth (warning).
std::span<const SecretPath> SecretPaths();

/// Files that a later session of the user runs or obeys: who can write one, gets out.
std::span<const std::string_view> StartupFiles();

/// `/home/user` + `.ssh` -> `/home/user/.ssh`.
std::string UnderHome(std::string_view home, std::string_view path);

/// Does a secret of this kind exist in homes of this kind?
bool AppliesTo(const SecretPath& secret, std::string_view home);

}  // namespace sandlint
