#include <fmt/format.h>

#include <string>
#include <vector>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/observed.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "access-not-observed",
    .title = "What is documented was not seen in use",
    .checklist_item = 7,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "A recorded run of the server shows no use of it. Either the run was too short, or the "
        "profile can be narrower.",
    .fix =
        "Record a run that uses every tool of the server; then take out of the policy what is "
        "still not used.",
};

Findings Check(const Server& server, const Workspace& workspace) {
  const auto compared = ComparisonOf(server, workspace);
  if (!compared) return {};
  if (compared->not_observed.empty()) return {};
  std::vector<std::string> names;
  for (const std::string& name : compared->not_observed) names.push_back(Quote(name));
  return {MakeFinding(kInfo, server, server.trace->named_by.span,
                      fmt::format("'{}' is documented to use {} and was not seen to", server.Name(),
                                  JoinSome(names, 4)))};
}

}  // namespace

const Rule kAccessNotObserved{kInfo, Check, nullptr};

}  // namespace sandlint
