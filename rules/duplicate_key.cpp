#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "duplicate-key",
    .title = "A key stands twice in one object",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The client takes the last of two equal keys and says nothing. A reviewer who sees the "
        "first, sandboxed entry does not see the one that runs.",
    .fix = "Remove one of the two.",
};

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const DuplicateKey& duplicate : workspace.duplicate_keys) {
    Finding finding;
    finding.rule = kInfo.id;
    finding.severity = kInfo.severity;
    finding.message =
        fmt::format("the key \"{}\" stands twice; this one counts", Quote(duplicate.key));
    finding.where = FirstLine(duplicate.second);
    finding.detail = duplicate.key;
    finding.related.push_back({FirstLine(duplicate.first), "this one is ignored"});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

const Rule kDuplicateKey{kInfo, nullptr, Check};

}  // namespace sandlint
