#pragma once

#include <string>
#include <vector>

#include "scanner/clients/dialect.h"

namespace sandlint {

/// Adds what a file of `NAME=value` lines sets; nothing where there is no such file.
void AddEnvFile(ClientFile& file, const std::string& path, std::vector<EnvEdit>& edits);

}  // namespace sandlint
