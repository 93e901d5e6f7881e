#include "reporters/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reporters/waiver.h"

namespace sandlint {
namespace {

/// Enough to name what matters; JSON has them all.
constexpr std::size_t kNamed = 8;

std::string NotModelledClause(const std::vector<std::string>& words,
                              std::string (*quote)(std::string_view)) {
  std::string names;
  for (std::size_t index = 0; index < std::min(words.size(), kNamed); ++index) {
    names += (index == 0 ? "" : ", ") + quote(words[index]);
  }
  if (words.size() > kNamed) names += fmt::format(" and {} more", words.size() - kNamed);
  return fmt::format("; {} not modelled ({})", Counted(words.size(), "word"), names);
}

/// What the policy file kept out of the counts, or changed in them.
std::string PolicyClause(const Summary& summary) {
  std::string text;
  const auto add = [&](std::size_t count, std::string_view noun, std::string_view verb) {
    if (count > 0) text += fmt::format("; {} {}", Counted(count, noun), verb);
  };
  add(summary.suppressed, "finding", "suppressed by the policy");
  add(summary.excluded, "file", "excluded by the policy");
  add(summary.reweighed, "finding", "of another severity by the policy");
  return text;
}

}  // namespace

std::string Counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

Summary SummaryOf(const Run& run, const Masker& masker) {
  Summary summary;
  for (const Finding& finding : run.findings) {
    ++summary.by_severity[static_cast<std::size_t>(finding.severity)];
    if (finding.baseline == Baseline::Unchanged) ++summary.unchanged;
    if (!BeforePolicy(run, finding).empty()) ++summary.reweighed;
  }
  summary.suppressed = run.suppressed.size();
  summary.servers = run.workspace->servers.size();
  for (const FileReport& file : run.workspace->files) {
    if (file.kind == kLaunchReport) {
      ++summary.cut_launches;
      continue;
    }
    if (IsExcluded(file)) ++summary.excluded;
    if (file.status != FileStatus::Ignored) ++summary.files;
    if (file.status == FileStatus::Unreadable) ++summary.unread;
  }
  std::set<std::string> seen;
  for (const NotModelled& note : NotModelledWords(*run.workspace)) {
    std::string word = masker.Text({note.word, note.where, {}, -1});
    if (seen.insert(word).second) summary.not_modelled.push_back(std::move(word));
  }
  return summary;
}

std::string Sentence(const Summary& summary, std::string (*quote)(std::string_view)) {
  std::string text = fmt::format("{}, {}", Counted(summary.Of(Severity::Error), "error"),
                                 Counted(summary.Of(Severity::Warning), "warning"));
  if (const std::size_t notes = summary.Of(Severity::Note); notes > 0) {
    text += ", " + Counted(notes, "note");
  }
  if (summary.unchanged > 0) text += fmt::format(" ({} unchanged)", summary.unchanged);
  text +=
      fmt::format(" in {}, {}", Counted(summary.servers, "server"), Counted(summary.files, "file"));
  if (summary.unread > 0) text += fmt::format("; {} not analysed", Counted(summary.unread, "file"));
  if (summary.cut_launches > 0) {
    text +=
        fmt::format("; {} not followed to the end", Counted(summary.cut_launches, "launch way"));
  }
  text += PolicyClause(summary);
  if (!summary.not_modelled.empty()) text += NotModelledClause(summary.not_modelled, quote);
  return text;
}

}  // namespace sandlint
