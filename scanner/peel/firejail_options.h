#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/support.h"

namespace sandlint {

enum class FirejailRole : std::uint8_t {
  Line,       ///< the line of a profile that has its name
  Profile,    ///< --profile=
  Include,    ///< --include=
  NoProfile,  ///< --noprofile
  Ignore,     ///< --ignore=
  Join,       ///< enters a sandbox that runs already
  Exits,      ///< prints something and ends
  Nothing,
  Unmodelled,
};

/// One option of firejail. A name that ends in `=` takes a value in the same word.
struct FirejailOption {
  std::string_view name;  ///< with its dashes
  FirejailRole role = FirejailRole::Line;
  std::string_view why;  ///< for Unmodelled: a clause
};

/// Every option of firejail 0.9.72.
std::span<const FirejailOption> FirejailOptions();

}  // namespace sandlint
