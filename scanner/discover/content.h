#pragma once

#include <string>

#include "scanner/discover/discover.h"

namespace sandlint {

/// What a file is whose name says nothing: told by its extension and the keys of its JSON.
FileKind KindByContent(const std::string& path, std::string text);

}  // namespace sandlint
