#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "secret-variables-inherited",
    .title = "A sandboxed server inherits secrets from the client",
    .checklist_item = 10,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The session of a developer holds tokens for every service in use. A server that inherits "
        "them can use them all, although its work needs one at most.",
    .fix =
        "Clear the environment (`--clearenv`, `env -i`) and set the one variable that the server "
        "needs, instead of taking single names away.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    const InheritedSecrets inherited = LookForInherited(server, launch);
    if (!inherited.everything || inherited.others.empty()) return {};
    if (!inherited.aws.empty()) return {};  // told by aws-variables-inherited
    Finding finding =
        MakeFinding(kInfo, server, PlaceOf(inherited.because, launch),
                    fmt::format("'{}' inherits {} from the client{}: no layer clears the "
                                "environment",
                                server.Name(), JoinSome(inherited.others, 3), WhenOf(launch)));
    AddRelated(finding, inherited.because, "decides what is inherited");
    return {finding};
  });
}

}  // namespace

const Rule kSecretVariablesInherited{kInfo, Check, nullptr};

}  // namespace sandlint
