#include "cli/reporting.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "cli/command.h"
#include "cli/review.h"
#include "cli/withhold.h"
#include "reporters/reporter.h"

namespace sandlint {
namespace {

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const Reporter& reporter : AllReporters()) names.emplace_back(reporter.name);
  return names;
}

std::optional<Severity> SeverityOf(std::string_view name) {
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    if (name == NameOf(severity)) return severity;
  }
  return std::nullopt;  // never
}

ColorChoice ChoiceOf(std::string_view name) {
  return name == "always"  ? ColorChoice::Always
         : name == "never" ? ColorChoice::Never
                           : ColorChoice::Auto;
}

struct Output {
  const Reporter* reporter = nullptr;
  std::string file;
};

/// `FORMAT=FILE` taken apart; the message for a user when it is something else.
std::string ParseOutput(const std::string& text, Output& output) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size()) {
    return fmt::format("'{}' is not FORMAT=FILE, as in sarif=out.sarif", text);
  }
  output = {FindReporter(text.substr(0, equals)), text.substr(equals + 1)};
  if (output.reporter != nullptr) return {};
  return fmt::format("there is no format '{}'; one of {}", text.substr(0, equals),
                     fmt::join(FormatNames(), ", "));
}

std::string CheckOutput(const std::string& text) {
  Output output;
  return ParseOutput(text, output);
}

bool WriteFiles(const Run& run, const ReportWish& wish, const ReportOptions& options) {
  bool written = true;
  for (const std::string& text : wish.outputs) {
    Output output;
    ParseOutput(text, output);
    std::string problem;
    if (WriteFile(output.file, Withheld(output.reporter->write(run, options)), problem)) continue;
    if (!problem.empty()) Complain("--output {}", problem);
    written = false;
  }
  return written;
}

}  // namespace

void AddReportOptions(CLI::App& app, ReportWish& wish) {
  std::string formats;
  for (const Reporter& reporter : AllReporters()) {
    formats += fmt::format("\n{}: {}", reporter.name, reporter.title);
  }
  app.add_option("--format", wish.format, "What goes to stdout (default text):" + formats)
      ->check(CLI::IsMember(FormatNames()))
      ->type_name("NAME");
  app.add_option("--output", wish.outputs,
                 "Also write a report to a file, in one piece; may be repeated")
      ->check(CLI::Validator(CheckOutput, "FORMAT=FILE"))
      ->type_name("FORMAT=FILE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  app.add_option(
         "--fail-on", wish.fail_on,
         "End with 1 on findings of this severity or above: error (default), warning, note, "
         "never")
      ->check(CLI::IsMember({"error", "warning", "note", "never"}))
      ->type_name("SEVERITY");
  app.add_option("--color", wish.color, "auto (default), always or never; NO_COLOR is honoured")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  app.add_flag("--quiet", wish.quiet, "Findings without their reasons, and no remarks on stderr");
}

bool TellsGrants(const ReportWish& wish) {
  return FindReporter(wish.format)->grants ||
         std::ranges::any_of(wish.outputs, [](const std::string& text) {
           Output output;
           ParseOutput(text, output);
           return output.reporter != nullptr && output.reporter->grants;
         });
}

int Report(const Run& run, const ReportWish& wish, bool silent) {
  ReportOptions options;
  options.width = TerminalWidth();
  options.explain = !wish.quiet && !wish.terse;
  const auto fail_on = SeverityOf(wish.fail_on);
  if (fail_on) options.fail_on = *fail_on;

  // Files first: the reader of stdout may go away in the middle.
  bool written = WriteFiles(run, wish, options);
  if (!silent) {
    options.color = UseColor(ChoiceOf(wish.color));
    written = WriteOut(FindReporter(wish.format)->write(run, options)) && written;
  }
  if (!written || !run.complete) return kIncomplete;
  return fail_on && Gates(run, *fail_on) ? kFindings : kDone;
}

std::string CountsByBaseline(const Run& run, const std::string& base) {
  const auto is_new = [](const Finding& finding) {
    return finding.baseline != Baseline::Unchanged;
  };
  const auto fresh = std::ranges::count_if(run.findings, is_new);
  const auto known = std::ssize(run.findings) - fresh;
  return fmt::format("{} new since {}, {} unchanged; only new findings count for the exit code",
                     fresh, Visible(base), known);
}

}  // namespace sandlint
