#include <fmt/format.h>

#include "rules/all.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "policy-changed-in-this-change",
    .title = "The change under review changes the policy too",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A change could otherwise waive its own findings. It is judged by the policy of the base "
        "revision; the new one holds from the next change on, and a person should read it.",
    .fix = "Review .sandlint.toml by itself, best in a change of its own.",
};

Findings Check(const Workspace& workspace) {
  if (workspace.policy_change.empty()) return {};
  Finding finding;
  finding.rule = kInfo.id;
  finding.severity = kInfo.severity;
  finding.message = fmt::format("this change {} the policy, under which it is not judged yet",
                                workspace.policy_change);
  finding.where = workspace.policy_place;
  if (!finding.where) finding.file = ".sandlint.toml";
  return {finding};
}

}  // namespace

const Rule kPolicyChangedInThisChange{kInfo, nullptr, Check};

}  // namespace sandlint
