// One block a finding, its first line in the shape of a compiler's message; the last line counts,
// also what was not understood.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "reporters/formats.h"
#include "reporters/mask.h"
#include "reporters/place.h"
#include "reporters/snippet.h"
#include "reporters/summary.h"
#include "reporters/visible.h"
#include "reporters/waiver.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

constexpr std::string_view kBold = "1", kDim = "2", kBlue = "34";

/// By severity: cyan, yellow, red, all bold.
constexpr std::string_view kColors[] = {"1;36", "1;33", "1;31"};

class Writer {
 public:
  Writer(const Run& run, const ReportOptions& options)
      : run_(run), options_(options), masker_(run) {}

  std::string Write() {
    for (const Finding& finding : run_.findings) Add(finding);
    if (options_.explain && !run_.findings.empty() && !text_.ends_with("\n\n")) text_ += '\n';
    AddPolicy();
    text_ += Paint(kBold, Sentence(SummaryOf(run_, masker_), VisibleInLog)) + '\n';
    return std::move(text_);
  }

 private:
  std::string Paint(std::string_view color, std::string_view text) const {
    return options_.color ? fmt::format("\x1b[{}m{}\x1b[0m", color, text) : std::string(text);
  }

  static std::string PathOf(const ReportPlace& place) {
    if (place.path.empty()) return "(session)";
    // A runner takes a line that starts with `::` for a command.
    return (place.path.starts_with("::") ? "./" : "") + VisibleInLog(place.path);
  }

  static std::string At(const ReportPlace& place) {
    return fmt::format("{}:{}:{}", PathOf(place), place.begin.line, place.begin.column);
  }

  std::string Message(const Finding& finding) const {
    return VisibleInLog(masker_.Text(finding.message, finding.server_index));
  }

  void Add(const Finding& finding) {
    const ReportPlace place = places_.Of(finding);
    const std::string_view color = kColors[static_cast<std::size_t>(finding.severity)];
    text_ += fmt::format("{}: {}: {} {}", Paint(kBold, At(place)),
                         Paint(color, NameOf(finding.severity)), Message(finding),
                         Paint(kDim, fmt::format("[{}]", finding.rule)));
    if (!BeforePolicy(run_, finding).empty())
      text_ += fmt::format(" ({})", BeforePolicy(run_, finding));
    if (finding.baseline != Baseline::None) text_ += fmt::format(" ({})", NameOf(finding.baseline));
    text_ += '\n';
    if (!options_.explain || finding.baseline == Baseline::Unchanged) return;
    const std::string number = std::to_string(place.begin.line);
    AddSnippet(place, number, color);
    AddRelated(finding, place, std::string(number.size() + 2, ' '));
    AddAdvice(finding, std::string(number.size() + 2, ' '));
    text_ += '\n';
  }

  /// What the policy keeps out of sight, one line each.
  void AddPolicy() {
    const std::size_t before = text_.size();
    for (std::size_t index = 0; index < run_.suppressed.size(); ++index) {
      const SuppressedFinding& one = run_.suppressed[index];
      text_ += fmt::format("{}: suppressed: {} [{}] ({})\n", At(places_.Of(one.finding)),
                           Message(one.finding), one.finding.rule,
                           VisibleInLog(WaiverOf(run_, index, masker_)));
    }
    for (const FileReport& file : run_.workspace->files) {
      if (!IsExcluded(file)) continue;
      text_ += fmt::format("{}: not checked: the policy excludes it\n", PathOf(places_.Of(file)));
    }
    if (options_.explain && text_.size() > before) text_ += '\n';
  }

  void AddSnippet(const ReportPlace& place, const std::string& number, std::string_view color) {
    const std::size_t margin = number.size() + 4;
    const Snippet snippet =
        SnippetOf(place, masker_, options_.width > margin ? options_.width - margin : 20);
    if (snippet.line.empty()) return;
    const std::string blank(number.size() + 2, ' ');
    const std::string bar = Paint(kBlue, "|");
    text_ += fmt::format("{}{}\n {} {} {}\n", blank, bar, Paint(kBlue, number), bar,
                         VisibleInLog(snippet.line));
    text_ += fmt::format("{}{} {}{}\n", blank, bar, std::string(snippet.indent, ' '),
                         Paint(color, std::string(snippet.length, '^')));
  }

  void AddRelated(const Finding& finding, const ReportPlace& place, const std::string& margin) {
    for (const Related& related : finding.related) {
      const ReportPlace other = places_.Of(related.where);
      const bool same = other.path == place.path && other.begin == place.begin;
      const std::string at = same || other.path.empty() ? "" : At(other) + ": ";
      const std::string message = VisibleInLog(masker_.Text(related.message, finding.server_index));
      text_ += fmt::format("{}{} {}: {}{}\n", margin, Paint(kBlue, "="), Paint(kBold, "see"), at,
                           message);
    }
  }

  /// Why, the first time that a rule is told; how to mend it, each time.
  void AddAdvice(const Finding& finding, const std::string& margin) {
    const Rule* rule = FindRule(finding.rule);
    if (rule != nullptr && told_.insert(rule).second) AddNote("why", rule->info.why, margin);
    const std::string fix = masker_.Text(finding.fix, finding.server_index);
    if (!fix.empty() || rule != nullptr) {
      AddNote("fix", fix.empty() ? rule->info.fix : std::string_view(fix), margin);
    }
    text_ += fmt::format("{}{} sandlint explain {}\n", margin, Paint(kBlue, "="), finding.rule);
  }

  /// `= why: …`, broken at blanks.
  void AddNote(std::string_view label, std::string_view note, const std::string& margin) {
    const std::string indent = margin + std::string(label.size() + 4, ' ');
    const std::size_t width = std::max<std::size_t>(options_.width, indent.size() + 20);
    text_ += fmt::format("{}{} {}:", margin, Paint(kBlue, "="), Paint(kBold, label));
    std::size_t column = indent.size() - 1;
    const std::string shown = VisibleInLog(note);
    for (std::string_view rest = shown; !rest.empty();) {
      const std::size_t blank = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, blank);
      rest.remove_prefix(std::min(blank + 1, rest.size()));
      if (column + 1 + WidthOf(word) > width && column >= indent.size()) {
        text_ += '\n' + indent.substr(1);
        column = indent.size() - 1;
      }
      text_ += ' ';
      text_ += word;
      column += 1 + WidthOf(word);
    }
    text_ += '\n';
  }

  const Run& run_;
  const ReportOptions& options_;
  Masker masker_;
  Places places_;
  std::set<const Rule*> told_;
  std::string text_;
};

}  // namespace

std::string WriteText(const Run& run, const ReportOptions& options) {
  return Writer(run, options).Write();
}

}  // namespace sandlint
