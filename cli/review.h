#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model/run.h"
#include "rules/rule.h"
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

/// Judges the servers of a tree while it is scanned, and drops their views. The paths of its
/// sources are final then.
class EarlyJudge {
 public:
  /// `grants`: reports will tell what launches are granted.
  explicit EarlyJudge(bool grants) : grants_(grants) {}

  /// For ScanOptions::judge.
  void Look(Workspace& workspace, std::size_t index);

  std::vector<JudgedServer> servers;
  std::vector<std::vector<Secret>> secrets;  ///< of each server

 private:
  std::mutex mutex_;
  bool grants_;
};

/// Judges a scanned tree and adds it; its paths get `prefix`. The first tree gives the root's name.
void AddTo(Review& review, Workspace workspace, const std::string& prefix = {});
/// The same where its servers have been judged while it was scanned.
void AddTo(Review& review, Workspace workspace, EarlyJudge& judge);

/// Marks the findings that a base revision of the tree had too; findings from `first` on belong to
/// the tree.
void CompareWith(Review& review, std::size_t first, const FileReader& base, ScanOptions options);

/// Findings at or above `fail_on` that are not known from a base revision.
bool Gates(const Run& run, Severity fail_on);

/// One line for each file that was not analysed.
std::vector<std::string> WhatIsMissing(const Run& run);

}  // namespace sandlint
