#pragma once

#include <nlohmann/json.hpp>

#include "reporters/mask.h"
#include "reporters/place.h"

namespace sandlint {

/// One entry of `servers[]`.
nlohmann::ordered_json JsonOf(const Server& server, int index, const Checklist& checklist,
                              const Masker& masker, Places& places);

/// `{"1": "pass", …}` and, beside it, the reasons in words.
nlohmann::ordered_json VerdictsOf(const Checklist& checklist);
nlohmann::ordered_json ReasonsOf(const Checklist& checklist, const Masker& masker, int server);

}  // namespace sandlint
