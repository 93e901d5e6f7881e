#pragma once

#include <string_view>
#include <vector>

#include "scanner/peel/systemd_settings.h"

namespace sandlint {

/// One setting as it was met, with the words of its value.
struct SystemdGiven {
  SystemdSettings& settings;
  const Word& name;
  const Word& value;
  std::vector<Word> words;
};
using SystemdApplier = void (*)(const SystemdGiven& given);

/// What a modelled property does; null for every other one.
SystemdApplier FindSystemdApplier(std::string_view name);

}  // namespace sandlint
