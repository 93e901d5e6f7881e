#pragma once

#include <optional>
#include <string>

namespace sandlint {

/// The text of a regular file of this machine of at most 1 MiB, links followed. Never blocks.
std::optional<std::string> ReadHostText(const std::string& path);

}  // namespace sandlint
