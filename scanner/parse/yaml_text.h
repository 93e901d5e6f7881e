#pragma once

#include <cstddef>

#include "scanner/parse/node.h"

namespace sandlint {

/// How many values a YAML text may have, aliases written out: they multiply ("billion laughs").
inline constexpr std::size_t kMaxYamlValues = 50'000;
inline constexpr std::size_t kMaxYamlDepth = 200;
inline constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;

/// ParseYaml for the bytes from `begin` to `end` of a file; spans are those of the file.
Document ParseYamlText(const Source& source, std::size_t begin, std::size_t end);

}  // namespace sandlint
