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
    .id = "observed-access-undocumented",
    .title = "A recorded run used what nobody documents",
    .checklist_item = 7,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "What a server does beyond its documentation is worth a look before a profile is widened "
        "to make it work: it may be an omission, and it may be the reason to have a sandbox.",
    .fix =
        "Look at the line of the trace. Where it is right, document it in the policy file "
        "(`sandlint observe --write` does).",
};

Finding Tell(const Server& server, const ObservedUse& use, std::string message) {
  return MakeFinding(kInfo, server, PlaceOf(use), std::move(message));
}

/// A secret place is told on its own, once.
void TellSecret(const Server& server, const ObservedUse& use, Findings& findings) {
  for (const Finding& known : findings) {
    if (known.detail == use.secret) return;
  }
  Finding finding =
      Tell(server, use,
           fmt::format("'{}' was seen to {} {}, a secret place that nobody documents",
                       server.Name(), use.tried_only ? "look for" : "use", Quote(use.name)));
  finding.severity = use.tried_only ? Severity::Note : Severity::Error;
  finding.detail = use.secret;
  findings.push_back(std::move(finding));
}

Findings Check(const Server& server, const Workspace& workspace) {
  const auto compared = ComparisonOf(server, workspace);
  if (!compared) return {};
  Findings findings;
  std::vector<std::string> names;
  const ObservedUse* first = nullptr;
  for (const ObservedUse& use : compared->uses) {
    if (use.own || !use.documented_by.empty()) continue;
    if (!use.secret.empty()) {
      TellSecret(server, use, findings);
      continue;
    }
    if (first == nullptr) first = &use;
    names.push_back(fmt::format("{} ({})", Quote(use.name), NamesOf(use.rights)));
  }
  if (first == nullptr) return findings;
  findings.push_back(Tell(server, *first,
                          fmt::format("'{}' was seen to use {}, which nobody documents",
                                      server.Name(), JoinSome(names, 4))));
  return findings;
}

}  // namespace

const Rule kObservedAccessUndocumented{kInfo, Check, nullptr};

}  // namespace sandlint
