#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/run.h"
#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {

/// What was found out about one or several trees, ready for a reporter. Not to be moved: `run`
/// points at `workspace`.
struct Review {
  Workspace workspace;
  Run run;
  std::vector<std::shared_ptr<const HostFacts>> hosts;  ///< the grants refer to them

  Review();
  Review(const Review&) = delete;
  Review& operator=(const Review&) = delete;
};

/// Judges a scanned tree and adds it; its paths get `prefix`. The first tree gives the root's name.
void AddTo(Review& review, Workspace workspace, const std::string& prefix = {});

/// Marks the findings that a base revision of the tree had too; findings from `first` on belong to
/// the tree.
void CompareWith(Review& review, std::size_t first, const FileReader& base, ScanOptions options);

/// Findings at or above `fail_on` that are not known from a base revision.
bool Gates(const Run& run, Severity fail_on);

/// One line for each file that was not analysed.
std::vector<std::string> WhatIsMissing(const Run& run);

}  // namespace sandlint
