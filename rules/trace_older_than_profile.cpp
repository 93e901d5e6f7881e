#include <fmt/format.h>

#include <algorithm>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "trace-older-than-profile",
    .title = "A trace is older than the profile that it speaks for",
    .checklist_item = 7,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A recording shows what the server did under the launch of its day. After a change of the "
        "config or of a profile it shows nothing of what runs now.",
    .fix = "Record a run again and commit the logs.",
};

/// The file of `files` that was changed first, or last; null where no time is known.
const DatedFile* Extreme(const std::vector<DatedFile>& files, bool last) {
  const DatedFile* found = nullptr;
  for (const DatedFile& file : files) {
    if (!file.changed) continue;
    const bool better = found == nullptr ||
                        (last ? *file.changed > *found->changed : *file.changed < *found->changed);
    if (better) found = &file;
  }
  return found;
}

Findings Check(const Server& server, const Workspace&) {
  if (!server.trace || !server.trace->problem.empty()) return {};
  const DatedFile* trace = Extreme(server.trace->files, false);
  const DatedFile* profile = Extreme(server.trace->deciding, true);
  if (trace == nullptr || profile == nullptr || *trace->changed >= *profile->changed) return {};
  return {MakeFinding(kInfo, server, server.trace->named_by.span,
                      fmt::format("the trace {} of '{}' is older than {}", Quote(trace->path),
                                  server.Name(), Quote(profile->path)))};
}

}  // namespace

const Rule kTraceOlderThanProfile{kInfo, Check, nullptr};

}  // namespace sandlint
