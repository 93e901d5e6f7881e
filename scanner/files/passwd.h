#pragma once

#include <string_view>
#include <vector>

#include "model/host.h"

namespace sandlint {

/// The accounts of a passwd file; lines that are none are left out.
std::vector<HostUser> ParsePasswd(std::string_view text);
/// Adds to each user the groups of a group file that name it.
void AddGroups(std::string_view text, std::vector<HostUser>& users);

}  // namespace sandlint
