#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "model/run.h"
#include "rules/rule.h"

namespace sandlint {

struct ReportOptions {
  bool color = false;
  std::size_t width = 100;  ///< columns of the terminal
  bool explain = true;      ///< text: why and fix below each finding
  Severity fail_on = Severity::Error;
};

/// One output format. Pure: a run in, the whole text out.
struct Reporter {
  std::string_view name;   ///< as in --format
  std::string_view title;  ///< one line for --help
  std::string (*write)(const Run& run, const ReportOptions& options);
  bool grants = false;  ///< it tells what each launch is granted (ReportedPaths)
};

std::span<const Reporter> AllReporters();
const Reporter* FindReporter(std::string_view name);

}  // namespace sandlint
