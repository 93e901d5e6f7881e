#pragma once

#include "model/policy.h"

namespace sandlint {

/// Reads `.sandlint.toml`. What is not understood is a problem with its place, and has no effect:
/// a suppression without a reason suppresses nothing.
Policy ReadPolicy(const Source& source);

/// Is `text` a date of the form YYYY-MM-DD?
bool IsDate(std::string_view text);

}  // namespace sandlint
