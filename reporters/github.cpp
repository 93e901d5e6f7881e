// Workflow commands: `::error file=…,line=…::message`. A runner shows ten of each kind for a step,
// the first that come, and drops the rest without a word.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reporters/formats.h"
#include "reporters/mask.h"
#include "reporters/place.h"
#include "reporters/summary.h"
#include "reporters/visible.h"
#include "reporters/waiver.h"

namespace sandlint {
namespace {

constexpr std::size_t kMostOfAKind = 10;

/// By severity.
constexpr std::string_view kCommands[] = {"notice", "warning", "error"};

/// `%` first; a property ends at `:` or `,` too.
std::string Escaped(std::string_view text, bool property) {
  std::string escaped;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    escaped += special ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string(1, c);
  }
  return escaped;
}

std::string Property(std::string_view text) { return Escaped(Visible(text), true); }
std::string Message(std::string_view text) { return Escaped(Visible(text), false); }

std::string CommandOf(const Finding& finding, Places& places, const Masker& masker) {
  const ReportPlace place = places.Of(finding);
  std::string properties;
  if (!place.path.empty()) {
    properties = fmt::format("file={},line={},endLine={},col={}", Property(place.path),
                             place.begin.line, place.begin.line, place.begin.column);
    if (place.end_column > place.begin.column) {
      properties += fmt::format(",endColumn={}", place.end_column);
    }
    properties += ',';
  }
  return fmt::format("::{} {}title={}::{}\n", kCommands[static_cast<std::size_t>(finding.severity)],
                     properties, Property(finding.rule),
                     Message(masker.Text(finding.message, finding.server_index)));
}

/// The first of one severity; the last of ten places is for how many more there are.
std::string CommandsOf(const std::vector<const Finding*>& findings, Severity severity,
                       Places& places, const Masker& masker) {
  const bool too_many = findings.size() > kMostOfAKind;
  const std::size_t shown = too_many ? kMostOfAKind - 1 : findings.size();
  std::string text;
  for (std::size_t index = 0; index < shown; ++index) {
    text += CommandOf(*findings[index], places, masker);
  }
  if (too_many) {
    text += fmt::format("::{} title=sandlint::{} more of this severity, see the job summary\n",
                        kCommands[static_cast<std::size_t>(severity)], findings.size() - shown);
  }
  return text;
}

/// What the policy keeps out of sight is one annotation: it must not crowd out a finding.
std::string PolicyNotice(const Run& run, const Masker& masker) {
  std::map<std::string, std::size_t> rules;
  for (std::size_t index = 0; index < run.suppressed.size(); ++index) {
    const std::string& rule = run.suppressed[index].finding.rule;
    ++rules[fmt::format("{} ({})", rule, WaiverOf(run, index, masker))];
  }
  std::string clauses;
  const auto add = [&](const std::string& clause) {
    clauses += (clauses.empty() ? "" : "; ") + clause;
  };
  for (const auto& [rule, count] : rules) add(fmt::format("{} of {}", count, rule));
  for (const FileReport& file : run.workspace->files) {
    if (IsExcluded(file)) add(file.path + " is excluded");
  }
  for (const Finding& finding : run.findings) {
    if (BeforePolicy(run, finding).empty()) continue;
    add(fmt::format("{} is {}, {}", finding.rule, NameOf(finding.severity),
                    BeforePolicy(run, finding)));
  }
  if (clauses.empty()) return {};
  constexpr std::size_t kLongest = 3000;
  return fmt::format("::notice title=sandlint policy::{}\n",
                     Message(Shortened("the policy takes out of sight: " + clauses, kLongest)));
}

}  // namespace

std::string WriteGithub(const Run& run, const ReportOptions&) {
  const Masker masker(run);
  Places places;
  std::string text;
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    std::vector<const Finding*> findings;
    for (const Finding& finding : run.findings) {
      // What the base has too is no news for whoever reads a change.
      if (finding.severity == severity && finding.baseline != Baseline::Unchanged) {
        findings.push_back(&finding);
      }
    }
    text += CommandsOf(findings, severity, places, masker);
  }
  text += PolicyNotice(run, masker);
  return text + Sentence(SummaryOf(run, masker), VisibleInLog) + "\n";
}

}  // namespace sandlint
