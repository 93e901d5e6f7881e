#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

namespace sandlint {

/// `rules[]` of the driver: every rule, in the order of AllRules().
nlohmann::ordered_json SarifRules();

/// Index in it by id.
std::unordered_map<std::string_view, int> SarifRuleIndex();

}  // namespace sandlint
