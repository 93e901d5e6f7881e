#include "model/locator.h"

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::uint32_t kStep = 4096;

}  // namespace

Position Locator::Of(const Source& source, std::uint32_t offset) {
  std::vector<Position>& marks = marks_[&source];
  const auto size = static_cast<std::uint32_t>(source.text.size());
  if (marks.empty()) {
    Position position;
    for (std::uint32_t at = 0; at <= size; at += kStep) {
      marks.push_back(position);
      position = Advance(source, position, at, std::min(size, at + kStep), unit_);
    }
  }
  const std::uint32_t end = std::min(offset, size);
  return Advance(source, marks[end / kStep], end / kStep * kStep, end, unit_);
}

}  // namespace sandlint
