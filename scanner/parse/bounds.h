#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace sandlint {

/// What the reader is told where a bound of sandlint's own ended the reading of a launch: what is
/// behind it was not looked at, so the analysis is incomplete.
namespace bound {
inline constexpr const char* kBinary = "binary text";
inline constexpr const char* kScriptSize = "a script that is too large";
inline constexpr const char* kScriptNesting = "a script that is too long or nests too deep";
inline constexpr const char* kTextNesting = "text that nests too deep";
inline constexpr const char* kWord = "a word grows too long";
inline constexpr const char* kList = "a list grows too long";
inline constexpr const char* kSteps = "the script goes on for too long";
inline constexpr const char* kPrograms = "the script starts too many programs";
inline constexpr const char* kLoop = "a loop goes on for too long";
inline constexpr const char* kTaint = "it depends on too much";
inline constexpr const char* kScriptWays = "the script can go on in too many ways";
inline constexpr const char* kLayers = "the wrappers nest too deep";
inline constexpr const char* kWays = "it can go on in too many ways";
inline constexpr const char* kVariables = "it has too many lines";
inline constexpr const char* kProfiles = "its profiles have too many lines";
inline constexpr auto kAll = std::to_array<std::string_view>(
    {kBinary, kScriptSize, kScriptNesting, kTextNesting, kWord, kList, kSteps, kPrograms, kLoop,
     kTaint, kScriptWays, kLayers, kWays, kVariables, kProfiles});
}  // namespace bound

/// Does this clause of a note name one of the bounds?
inline bool NamesBound(std::string_view why) {
  return std::ranges::any_of(bound::kAll,
                             [&](std::string_view one) { return why.find(one) != why.npos; });
}

}  // namespace sandlint
