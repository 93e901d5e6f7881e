#pragma once

#include <string_view>

namespace sandlint {

/// Where the project lives: links of reports lead there.
inline constexpr std::string_view kProjectHome = "https://github.com/sandlint/sandlint";

}  // namespace sandlint
