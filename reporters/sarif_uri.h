#pragma once

#include <string>
#include <string_view>

namespace sandlint {

/// Where a path of a report is relative to: the tree that was checked, or the user's home.
inline constexpr std::string_view kRootBase = "%SRCROOT%";
inline constexpr std::string_view kHomeBase = "HOME";

struct SarifUri {
  std::string uri;
  std::string base;  ///< empty for an absolute one
};
SarifUri SarifUriOf(std::string_view path);

}  // namespace sandlint
