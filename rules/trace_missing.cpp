#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "trace-missing",
    .title = "A trace that the policy names cannot be used",
    .checklist_item = 7,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The policy says that a run of the server was recorded. Without the recording nobody can "
        "check what it showed.",
    .fix =
        "Record a run (`sandlint observe --help` has the command) and commit the logs, or take the "
        "line out of the policy.",
};

Findings Check(const Server& server, const Workspace&) {
  if (!server.trace || server.trace->problem.empty()) return {};
  const Word& name = server.trace->named_by;
  return {MakeFinding(kInfo, server, name.span,
                      fmt::format("the trace {} of '{}' cannot be used: {}", Quote(name.text),
                                  server.Name(), server.trace->problem))};
}

}  // namespace

const Rule kTraceMissing{kInfo, Check, nullptr};

}  // namespace sandlint
