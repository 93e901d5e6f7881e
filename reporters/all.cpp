#include <algorithm>
#include <array>

#include "reporters/formats.h"
#include "reporters/reporter.h"

namespace sandlint {
namespace {

constexpr std::array kReporters{
    Reporter{"text", "for a reader at a terminal", WriteText},
};

}  // namespace

std::span<const Reporter> AllReporters() { return kReporters; }

const Reporter* FindReporter(std::string_view name) {
  const auto found = std::ranges::find(kReporters, name, &Reporter::name);
  return found == kReporters.end() ? nullptr : &*found;
}

}  // namespace sandlint
