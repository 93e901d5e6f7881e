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
    .id = "observed-access-outside-grant",
    .title = "A recorded run used what its sandbox does not grant",
    .checklist_item = 7,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The server was seen to use it, and the sandbox of its launch keeps it out. Either the "
        "server will break there, or it does something that it has no business doing, which the "
        "sandbox is for.",
    .fix =
        "Compare with the documentation of the server: grant what it documents, and leave the rest "
        "outside.",
};

Findings Check(const Server& server, const Workspace& workspace) {
  const auto compared = ComparisonOf(server, workspace);
  if (!compared) return {};
  std::vector<std::string> names;
  const ObservedUse* first = nullptr;
  for (const ObservedUse& use : compared->uses) {
    if (use.tried_only || use.granted != Answer::No) continue;
    if (first == nullptr) first = &use;
    names.push_back(fmt::format("{} ({})", Quote(use.name), NamesOf(use.rights)));
  }
  if (first == nullptr) return {};
  Finding finding =
      MakeFinding(kInfo, server, PlaceOf(*first),
                  fmt::format("'{}' was seen to use {}, which its launch does not grant",
                              server.Name(), JoinSome(names, 4)));
  AddRelated(finding, first->because, "decides");
  return {finding};
}

}  // namespace

const Rule kObservedAccessOutsideGrant{kInfo, Check, nullptr};

}  // namespace sandlint
