#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sandlint {

/// The candidate that differs from `word` by the fewest edits, or empty when none is near.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "; did you mean 'check'?", or `otherwise`.
std::string Advice(std::string_view word, std::span<const std::string_view> candidates,
                   std::string_view otherwise);

}  // namespace sandlint
