// The guide's checklist, each box ticked by evidence only; below it the servers one by one and what
// was found. Nothing that a stranger wrote stands outside of a code span.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "reporters/formats.h"
#include "reporters/markdown_text.h"
#include "reporters/mask.h"
#include "reporters/place.h"
#include "reporters/summary.h"
#include "reporters/waiver.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

/// A job summary holds 1 MiB; what is larger is dropped as a whole.
constexpr std::size_t kMostBytes = 1000000;
/// Room for the last lines.
constexpr std::size_t kReserve = 4000;

/// By verdict: what stands behind the words of the guide.
constexpr std::string_view kVerdicts[] = {"by evidence", "**fails**", "**not proven**",
                                          "**needs a person**", "does not apply"};

bool Ticked(Verdict verdict) {
  return verdict == Verdict::Pass || verdict == Verdict::NotApplicable;
}

std::string Quoted(std::string_view text) { return CodeSpan(text, false); }

class Writer {
 public:
  explicit Writer(const Run& run) : run_(run), masker_(run) {}

  std::string Write() {
    text_ = "<!-- sandlint:report:v1 -->\n## MCP server sandboxing review\n\n";
    for (const ChecklistItem& item : GuideChecklist()) AddItem(item);
    if (!run_.complete) {
      text_ += "\n**The analysis is incomplete:** what could not be read was not checked.\n";
      AddUnreadFiles();
    }
    AddServers();
    AddFindings();
    AddSuppressed();
    AddExcluded();
    text_ += fmt::format("\n{}\n", Sentence(SummaryOf(run_, masker_), Quoted));
    return std::move(text_);
  }

 private:
  bool Full() const { return text_.size() > kMostBytes - kReserve; }

  void AddItem(const ChecklistItem& item) {
    const Judgement& judgement = run_.repository[static_cast<std::size_t>(item.number)];
    text_ += fmt::format("- [{}] {}: {}", Ticked(judgement.verdict) ? 'x' : ' ', item.text,
                         kVerdicts[static_cast<std::size_t>(judgement.verdict)]);
    if (!judgement.reason.empty()) text_ += fmt::format(" ({})", Prose(judgement.reason, false));
    text_ += '\n';
  }

  void AddUnreadFiles() {
    text_ += '\n';
    for (const FileReport& file : run_.workspace->files) {
      if (file.status != FileStatus::Unreadable || Full()) continue;
      text_ += fmt::format("- {}: {}\n", Quoted(file.path),
                           Prose(masker_.Text(file.problem, -1), false));
    }
  }

  /// `{added} of {all}` when there was no room for more.
  void SayWhatIsLeftOut(std::size_t added, std::size_t all, std::string_view noun) {
    if (added == all) return;
    text_ += fmt::format("\n{} more {} in the JSON report.\n", all - added, noun);
  }

  std::string Cell(std::string_view text) const { return CodeSpan(text, true); }

  std::string WhereOf(const ReportPlace& place) const {
    if (place.path.empty()) return "the session";
    return Cell(fmt::format("{}:{}", place.path, place.begin.line));
  }

  void AddServers() {
    const std::vector<Server>& servers = run_.workspace->servers;
    if (servers.empty()) {
      text_ += "\nNo MCP server is declared.\n";
      return;
    }
    text_ +=
        "\n### Servers\n\n| server | declared in | started through | by evidence | fails | "
        "not proven | needs a person |\n|---|---|---|---|---|---|---|\n";
    std::size_t added = 0;
    // Half of the room is for the findings.
    for (; added < servers.size() && text_.size() < kMostBytes / 2; ++added) {
      AddServer(servers[added], static_cast<int>(added));
    }
    SayWhatIsLeftOut(added, servers.size(), "servers");
  }

  void AddServer(const Server& server, int index) {
    const auto at = static_cast<std::size_t>(index);
    const Checklist checklist = at < run_.checklists.size() ? run_.checklists[at] : Checklist{};
    text_ += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", Cell(server.Name()),
                         WhereOf(places_.Of(server.decl.entry)), LayersOf(server, index),
                         ItemsOf(checklist, Verdict::Pass), ItemsOf(checklist, Verdict::Fail),
                         ItemsOf(checklist, Verdict::NotProven),
                         ItemsOf(checklist, Verdict::NeedsPerson));
  }

  std::string LayersOf(const Server& server, int index) const {
    if (!server.decl.loads) return "not loaded";
    if (server.Remote()) return NameOf(server.decl.transport);
    if (server.launches.empty()) return "";
    std::string names;
    for (const Layer& layer : server.launches.front().layers) {
      names += names.empty() ? "" : " > ";
      names += layer.tool.empty() ? NameOf(layer.kind) : layer.tool;
    }
    return Cell(masker_.Text(names, index));
  }

  static std::string ItemsOf(const Checklist& checklist, Verdict verdict) {
    std::string items;
    for (std::size_t item = 1; item < checklist.size(); ++item) {
      if (checklist[item].verdict != verdict) continue;
      items += fmt::format("{}{}", items.empty() ? "" : ", ", item);
    }
    return items;
  }

  void AddFindings() {
    if (run_.findings.empty()) return;
    text_ += "\n### Findings\n\n| severity | where | what | rule |\n|---|---|---|---|\n";
    std::size_t added = 0;
    for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
      for (const Finding& finding : run_.findings) {
        if (finding.severity != severity || Full()) continue;
        AddFinding(finding);
        ++added;
      }
    }
    SayWhatIsLeftOut(added, run_.findings.size(), "findings");
  }

  void AddFinding(const Finding& finding) {
    std::string severity = NameOf(finding.severity);
    if (finding.baseline != Baseline::None) {
      severity += fmt::format(" ({})", NameOf(finding.baseline));
    }
    if (!BeforePolicy(run_, finding).empty())
      severity += fmt::format(" ({})", BeforePolicy(run_, finding));
    text_ += fmt::format("| {} | {} | {} | {} |\n", severity, WhereOf(places_.Of(finding)),
                         Cell(masker_.Text(finding.message, finding.server_index)), finding.rule);
  }

  void AddSuppressed() {
    if (run_.suppressed.empty()) return;
    text_ += "\n### Suppressed by the policy\n\n| rule | where | what | why |\n|---|---|---|---|\n";
    std::size_t added = 0;
    for (; added < run_.suppressed.size() && !Full(); ++added) {
      const Finding& finding = run_.suppressed[added].finding;
      text_ += fmt::format("| {} | {} | {} | {} |\n", finding.rule, WhereOf(places_.Of(finding)),
                           Cell(masker_.Text(finding.message, finding.server_index)),
                           Cell(WaiverOf(run_, added, masker_)));
    }
    SayWhatIsLeftOut(added, run_.suppressed.size(), "suppressed findings");
  }

  void AddExcluded() {
    std::size_t added = 0;
    std::size_t all = 0;
    for (const FileReport& file : run_.workspace->files) {
      if (!IsExcluded(file)) continue;
      ++all;
      if (Full()) continue;
      if (added++ == 0) text_ += "\n### Excluded by the policy\n\n";
      text_ += fmt::format("- {}\n", Quoted(file.path));
    }
    SayWhatIsLeftOut(added, all, "excluded files");
  }

  const Run& run_;
  Masker masker_;
  Places places_;
  std::string text_;
};

}  // namespace

std::string WriteMarkdown(const Run& run, const ReportOptions&) { return Writer(run).Write(); }

}  // namespace sandlint
