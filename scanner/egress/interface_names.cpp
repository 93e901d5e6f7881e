#include <algorithm>

#include "scanner/egress/program.h"

namespace sandlint {

std::optional<std::uint8_t> InterfaceNames::Find(std::string_view name) {
  const auto known = std::ranges::find(names_, name);
  if (known == names_.end()) {
    if (names_.size() >= static_cast<std::size_t>(kOtherInterface)) return std::nullopt;
    names_.emplace_back(name);
    return static_cast<std::uint8_t>(names_.size() - 1);
  }
  return static_cast<std::uint8_t>(known - names_.begin());
}

Interfaces InterfaceNames::WithPrefix(std::string_view prefix) const {
  Interfaces out = 0;
  for (std::size_t bit = 0; bit < names_.size(); ++bit) {
    if (names_[bit].starts_with(prefix)) out |= Interfaces{1} << bit;
  }
  return out;
}

std::string InterfaceNames::NameAt(std::uint8_t bit) const {
  return bit < names_.size() ? names_[bit] : "";
}

}  // namespace sandlint
