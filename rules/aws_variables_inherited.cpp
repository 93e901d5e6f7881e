#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "aws-variables-inherited",
    .title = "A sandboxed server inherits AWS credentials from the client",
    .checklist_item = 10,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "If the server inherits AWS_SECRET_ACCESS_KEY from the shell of the user, no file system "
        "sandbox protects that key: it is in the environment of the process already.",
    .fix =
        "Clear the environment and set what the server needs: `--clearenv --setenv PATH "
        "/usr/bin` for bwrap, `env -i PATH=/usr/bin` before anything else.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    const InheritedSecrets inherited = LookForInherited(server, launch);
    if (!inherited.everything || inherited.aws.empty()) return {};
    Finding finding = MakeFinding(
        kInfo, server, PlaceOf(inherited.because, launch),
        fmt::format("'{}' inherits {} and every other variable of the client{}: no layer clears "
                    "the environment",
                    server.Name(), inherited.aws.front(), WhenOf(launch)));
    AddRelated(finding, inherited.because, "decides what is inherited");
    return {finding};
  });
}

}  // namespace

const Rule kAwsVariablesInherited{kInfo, Check, nullptr};

}  // namespace sandlint
