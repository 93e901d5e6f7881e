#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/word.h"
#include "scanner/parse/node.h"

namespace sandlint {

/// How deep lists may nest and how many values a profile may hold; more is not read at all.
inline constexpr std::size_t kMaxSbplDepth = 100;
inline constexpr std::size_t kMaxSbplValues = 100'000;

enum class SbplType : std::uint8_t {
  List,    ///< `( … )`
  Quoted,  ///< `'x` and its kin: one item
  Symbol,  ///< `file-read*`, and numbers
  String,  ///< `"…"`, escapes resolved
  Raw,     ///< `#"…"`: a pattern, backslashes kept
  Bool,    ///< `#t`, `#f`
};

/// One value of a Seatbelt profile (SBPL, a dialect of Scheme).
struct SbplValue {
  SbplType type = SbplType::List;
  /// The decoded text of what is no list. For a list its beginning, and the span of all of it.
  Word word;
  std::vector<SbplValue> items;

  bool IsSymbol(std::string_view name) const {
    return type == SbplType::Symbol && word.text == name;
  }
  bool IsText() const { return type == SbplType::String || type == SbplType::Raw; }
};

struct SbplText {
  std::vector<SbplValue> forms;
  std::vector<ParseProblem> problems;  ///< where a problem stands, nothing behind it is read
};

/// Reads a whole profile: a file, or the string of `sandbox-exec -p`.
SbplText ParseSbpl(const Word& text);

}  // namespace sandlint
