#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "model/run.h"
#include "reporters/mask.h"

namespace sandlint {

/// What the last line of a report counts.
struct Summary {
  std::array<std::size_t, 3> by_severity{};  ///< index: Severity
  std::size_t unchanged = 0;                 ///< of them, known from the base revision
  std::size_t servers = 0;
  std::size_t files = 0;
  std::size_t unread = 0;                 ///< files that were not analysed
  std::size_t suppressed = 0;             ///< findings that the policy waives
  std::size_t excluded = 0;               ///< files that the policy leaves out
  std::size_t reweighed = 0;              ///< findings whose severity the policy changed
  std::size_t cut_launches = 0;           ///< places where a launch goes on beyond a bound
  std::vector<std::string> not_modelled;  ///< the words, each once; masked, not escaped

  std::size_t Of(Severity severity) const {
    return by_severity[static_cast<std::size_t>(severity)];
  }
};

Summary SummaryOf(const Run& run, const Masker& masker);

/// `1 error, 0 warnings, 2 notes in 3 servers, 2 files; 1 word not modelled (--seccomp)`. The words
/// are shown as `quote` makes them.
std::string Sentence(const Summary& summary, std::string (*quote)(std::string_view));

/// `1 server`, `2 servers`.
std::string Counted(std::size_t count, std::string_view noun);

}  // namespace sandlint
