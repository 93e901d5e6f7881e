#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "scanner/parse/node.h"

namespace sandlint {

/// yaml-cpp says where a value begins, tag and anchor included; these find the rest.
struct ScalarPlace {
  std::size_t begin = 0;  ///< behind tag and anchor
  std::size_t end = 0;
  std::size_t inside_begin = 0;  ///< without the quotes
  std::size_t inside_end = 0;
};
ScalarPlace PlaceOfScalar(std::string_view text, std::size_t at, std::string_view value);

/// Behind the bracket that closes a flow collection whose last value ends at `at`; `at` where there
/// is none.
std::size_t EndOfFlow(std::string_view text, std::size_t begin, std::size_t at);

/// The type of a plain scalar by the core schema of YAML 1.2.2, section 10.3.2.
NodeType TypeOfPlain(std::string_view text);

}  // namespace sandlint
