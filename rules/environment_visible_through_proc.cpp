#include <fmt/format.h>

#include <string>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "environment-visible-through-proc",
    .title = "A cleared environment can be read back from /proc",
    .checklist_item = 10,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "bwrap removes variables from the environment of the server only. With a pid namespace "
        "its own first process keeps the old one, and /proc/1/environ shows it to the server "
        "(observed with bwrap 0.8.0).",
    .fix =
        "Clear the environment before the sandbox starts (`env -i PATH=/usr/bin bwrap …`), add "
        "`--as-pid-1`, or leave `--proc` out.",
};

constexpr std::string_view kWitness = "AWS_SECRET_ACCESS_KEY";

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    const Environment& environment = launch.grant.environment;
    const VariableAnswer answer = environment.Ask(kWitness);
    if (answer.answer != Answer::Yes || answer.via != "proc") return {};
    Finding finding =
        MakeFinding(kInfo, server, PlaceOf(environment.proc_because, launch),
                    fmt::format("'{}' can read {} back from the environment of another process{}",
                                server.Name(), kWitness, WhenOf(launch)));
    AddRelated(finding, environment.proc_because, "leaves it readable");
    return {finding};
  });
}

}  // namespace

const Rule kEnvironmentVisibleThroughProc{kInfo, Check, nullptr};

}  // namespace sandlint
