#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/config_root.h"
#include "cli/console.h"
#include "cli/reporting.h"
#include "cli/review.h"
#include "cli/roots.h"

namespace sandlint {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  sandlint check\n"
    "  sandlint check path/to/repository\n"
    "  sandlint check .mcp.json\n"
    "  sandlint check --format github --output sarif=sandlint.sarif --output markdown=review.md\n"
    "  sandlint check --fail-on warning --quiet\n"
    "  sandlint check --diff-base origin/main\n"
    "\n"
    "Exit code: 0 nothing at or above --fail-on, 1 findings, 2 usage error, unreadable input or\n"
    "incomplete analysis (2 wins over 1; what was found is still printed).";

struct Options {
  std::vector<std::string> paths{"."};
  ReportWish report;
  std::string host = "symbolic";
  std::string diff_base;
  bool pre_commit = false;
};

/// The tree of --diff-base. Null without one, and null with a complaint where it cannot be read:
/// then nothing counts as known, and no policy holds.
std::unique_ptr<FileReader> BaseOf(const Root& root, const Options& options, Review& review) {
  if (options.diff_base.empty()) return nullptr;
  std::string problem;
  auto base = MakeGitReader(root.directory, options.diff_base, problem);
  if (base == nullptr) {
    Complain("--diff-base {}: {}; every finding counts as new", Visible(options.diff_base),
             Visible(problem));
    review.run.complete = false;
    return MakeMemoryReader({});
  }
  return base;
}

void CheckRoot(Review& review, const Root& root, bool several, const Options& options,
               const std::shared_ptr<const HostFacts>& host) {
  const auto reader = MakeDiskReader(root.directory);
  const auto base = BaseOf(root, options, review);
  ScanOptions scan{root.paths, host, nullptr, base.get(), {}};
  EarlyJudge judge(TellsGrants(options.report));
  // Of several trees the paths get a prefix before anything is said of them.
  if (!several) {
    scan.judge = [&](Workspace& scanned, std::size_t index) { judge.Look(scanned, index); };
  }
  Workspace workspace = Scan(*reader, scan);
  workspace.root = root.shown;
  const std::size_t first = review.run.findings.size();
  if (several) {
    AddTo(review, std::move(workspace), root.shown + "/");
  } else {
    AddTo(review, std::move(workspace), judge);
  }
  scan.judge = nullptr;
  if (base != nullptr) CompareWith(review, first, *base, scan);
}

void SayWhatIsUnusual(const Review& review, const Options& options) {
  for (const std::string& line : WhatIsMissing(review.run)) Complain("{}", line);
  if (options.report.quiet || options.pre_commit) return;
  if (review.workspace.servers.empty()) {
    Complain("no MCP server is declared in {} ({} files of interest)",
             Visible(review.workspace.root), review.workspace.files.size());
  }
  if (!options.diff_base.empty()) {
    Complain("{}", CountsByBaseline(review.run, options.diff_base));
  }
}

bool AnyExcluded(const Workspace& workspace) {
  return std::ranges::any_of(workspace.files, IsExcluded);
}

int RunCheck(Options options) {
  std::shared_ptr<const HostFacts> host;
  if (!HostOf(options.host, host)) return kIncomplete;
  // The hook's file names only say when to run: a config counts together with its profiles.
  if (options.pre_commit) {
    options.paths = {"."};
    options.report.terse = true;
  }

  Review review;
  std::vector<std::string> problems;
  const std::vector<Root> roots = RootsOf(options.paths, problems);
  for (const std::string& problem : problems) Complain("{}", problem);
  if (!problems.empty()) review.run.complete = false;
  for (const Root& root : roots) CheckRoot(review, root, roots.size() > 1, options, host);

  SayWhatIsUnusual(review, options);
  const bool silent = options.pre_commit && review.run.findings.empty() && review.run.complete &&
                      review.run.suppressed.empty() && !AnyExcluded(review.workspace);
  return Report(review.run, options.report, silent);
}

std::function<int()> DeclareCheck(CLI::App& app, const Invocation&) {
  auto options = std::make_shared<Options>();
  app.add_option("PATH", options->paths, "Directories and files to check; default: this directory");
  AddReportOptions(app, options->report);
  app.add_option("--host", options->host,
                 "The machine that launches the servers: symbolic (an ordinary one, default), live "
                 "(this one), or a FILE that describes it")
      ->type_name("KIND");
  app.add_option("--diff-base", options->diff_base,
                 "Findings that the git revision REV has too do not count for the exit code")
      ->type_name("REV");
  app.add_flag("--pre-commit", options->pre_commit,
               "As a git hook: the whole tree, one line a finding, silence when all is well");
  return [options] { return RunCheck(*options); };
}

}  // namespace

const Command kCheck{"check", "Lint a repository or files", kExamples, DeclareCheck};

}  // namespace sandlint
