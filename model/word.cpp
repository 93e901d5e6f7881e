#include "model/word.h"

#include <algorithm>

namespace sandlint {

Word Part(const Word& word, std::size_t offset, std::size_t length) {
  Word part;
  part.text = word.text.substr(offset, length);
  part.argv_index = word.argv_index;
  part.span = word.span;
  // Written as it reads: no escapes in between, so offsets carry over.
  if (word.span && word.span.Text() == word.text) {
    part.span.begin = word.span.begin + static_cast<std::uint32_t>(offset);
    part.span.end = part.span.begin + static_cast<std::uint32_t>(part.text.size());
  }
  const auto begin = static_cast<std::uint32_t>(offset);
  const auto end = static_cast<std::uint32_t>(offset + part.text.size());
  for (const Hole& hole : word.holes) {
    if (hole.end <= begin || hole.begin >= end) continue;
    part.holes.push_back({std::max(hole.begin, begin) - begin, std::min(hole.end, end) - begin,
                          hole.name, hole.assumed, hole.splits});
  }
  return part;
}

std::optional<KeyValue> SplitAssignment(const Word& word) {
  const std::size_t equals = word.text.find('=');
  if (equals == std::string::npos) return std::nullopt;
  return KeyValue{Part(word, 0, equals), Part(word, equals + 1)};
}

std::string_view BaseName(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace sandlint
