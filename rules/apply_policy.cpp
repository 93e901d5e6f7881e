#include "rules/apply_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/policy_rules.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

/// What the policy file itself is reported for cannot be waived by it.
constexpr auto kAboutPolicy =
    std::to_array<std::string_view>({"policy-changed-in-this-change", "suppression-expired",
                                     "suppression-open-ended", "suppression-unused"});

bool Matches(const Suppression& suppression, const Finding& finding, const Workspace& workspace) {
  if (suppression.rule.text != finding.rule || IsOver(suppression.expires, workspace)) return false;
  return suppression.server.text.empty() || suppression.server.text == finding.server;
}

void SetSeverity(Finding& finding, const Policy& policy, PolicyEffect& effect) {
  const Severity before = finding.severity;
  for (const Policy::SeverityOverride& one : policy.severities) {
    if (one.rule.text != finding.rule) continue;
    for (const Severity severity : {Severity::Note, Severity::Warning, Severity::Error}) {
      if (one.severity.text == NameOf(severity)) finding.severity = severity;
    }
  }
  if (finding.severity != before) effect.before_policy[finding.key] = before;
}

}  // namespace

Findings ApplyPolicy(Findings findings, const Workspace& workspace, PolicyEffect& effect) {
  const std::vector<Suppression>& rows = workspace.policy.suppressions;
  std::vector<bool> used(rows.size(), false);
  Findings kept;
  for (Finding& finding : findings) {
    const bool about_policy = std::ranges::find(kAboutPolicy, finding.rule) != kAboutPolicy.end();
    const auto row = std::ranges::find_if(rows, [&](const Suppression& one) {
      return !about_policy && Matches(one, finding, workspace);
    });
    if (row == rows.end()) {
      if (!about_policy) SetSeverity(finding, workspace.policy, effect);
      kept.push_back(std::move(finding));
      continue;
    }
    for (std::size_t index = 0; index < rows.size(); ++index) {
      if (Matches(rows[index], finding, workspace)) used[index] = true;
    }
    effect.suppressed.push_back({std::move(finding), row->reason.text});
    effect.waivers.push_back({row->expires.text, FirstLine(row->rule.span)});
  }
  // A part of the tree does not have the findings of the rest.
  if (!workspace.partial) {
    for (std::size_t index = 0; index < rows.size(); ++index) {
      if (used[index] || IsOver(rows[index].expires, workspace)) continue;
      kept.push_back(UnusedSuppression(rows[index]));
      kept.back().key = KeyOf(kept.back(), workspace);
    }
    SortFindings(kept);
  }
  return kept;
}

}  // namespace sandlint
