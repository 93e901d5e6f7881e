#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sandlint {

/// A unified diff of one file, as git prints it; `before` is nothing for a new file.
std::string UnifiedDiff(const std::string& path, const std::optional<std::string>& before,
                        std::string_view after);

}  // namespace sandlint
