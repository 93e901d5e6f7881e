#pragma once

#include <span>
#include <string>

#include "scanner/peel/peel.h"

namespace sandlint {

/// `#1000` and `1000` -> `1000`, anything else as it is.
Word UserWord(const Word& word);

/// HOME, USER, LOGNAME and SHELL as the tool sets them for `user`; values that the host does not
/// know are holes.
void SetUserVariables(Layer& layer, const Word& option, const Word& user,
                      const PeelContext& context, std::span<const std::string_view> names);

/// A word whose value nobody knows here.
Word UnknownValue(const std::string& name, const Word& cause);

}  // namespace sandlint
