#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scanner/grant/sbpl_filter.h"
#include "scanner/parse/sbpl.h"

namespace sandlint {

/// A function that a profile defines; the profile's text outlives it.
struct SbplFunction {
  std::vector<std::string> parameters;
  std::span<const SbplValue> body;
};

/// What an expression of a profile comes to.
struct SbplResult {
  enum class Kind : std::uint8_t { Unknown, Nothing, Text, Bool, Filter, List, Function };
  Kind kind = Kind::Unknown;
  std::string text;
  bool raw = false;  ///< the text is a pattern
  bool truth = false;
  SbplFilter filter;
  std::vector<SbplResult> items;
  std::shared_ptr<const SbplFunction> function;
  Word word;        ///< where it was written
  std::string why;  ///< for Unknown: a clause
};

/// Builds `(subpath …)` and the other filters from their evaluated arguments; nothing where `name`
/// is no filter. `problem` is set when libsandbox would not load the profile.
std::optional<SbplFilter> BuildSbplFilter(std::string_view name, const Word& word,
                                          const std::vector<SbplResult>& arguments,
                                          const std::string& home, std::string& problem);

/// `(remote tcp "*:443")`, `(local unix-socket …)`: their first argument is a bare symbol.
SbplFilter BuildSbplPeer(bool local, std::string_view protocol, const Word& word,
                         const std::vector<SbplResult>& arguments, std::string& problem);

/// What stands where a filter is expected.
SbplFilter SbplFilterOf(const SbplResult& result);

/// Functions over strings and truth values; nothing where `name` is none of them.
std::optional<SbplResult> CallSbplBuiltin(std::string_view name,
                                          const std::vector<SbplResult>& arguments);

}  // namespace sandlint
