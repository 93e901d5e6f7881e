#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "model/run.h"

namespace CLI {
class App;
}

namespace sandlint {

/// How a review is to be shown, and what makes it fail.
struct ReportWish {
  std::string format = "text";
  std::vector<std::string> outputs;  ///< FORMAT=FILE
  std::string fail_on = "error";
  std::string color = "auto";
  bool quiet = false;
  bool terse = false;  ///< one line a finding
};

void AddReportOptions(CLI::App& app, ReportWish& wish);

/// Does a report that is wished for tell what each launch is granted?
bool TellsGrants(const ReportWish& wish);

/// Writes every report, files first, and returns the exit code. `silent`: nothing to stdout.
int Report(const Run& run, const ReportWish& wish, bool silent = false);

/// "2 findings are new since main, 5 are not".
std::string CountsByBaseline(const Run& run, const std::string& base);

}  // namespace sandlint
