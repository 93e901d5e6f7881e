#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/host.h"
#include "scanner/files/host_fields.h"

namespace sandlint {

/// Reads the lists of paths of a host file or of an image in it, with their links, modes and
/// owners. What nothing is said of belongs to the user in whose home it lies, or to root.
void ReadHostTree(HostFields& fields, const HostFields::Json& json,
                  const std::vector<HostUser>& users,
                  std::map<std::string, HostNode, std::less<>>& nodes);

}  // namespace sandlint
