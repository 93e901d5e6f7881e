#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "home-directory-visible",
    .title = "A sandbox shows a whole home directory",
    .checklist_item = 2,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "A home holds the keys, cloud credentials, browser profiles and shell history of its "
        "owner. Whatever else a sandbox cuts, a server that sees all of a home can read them.",
    .fix =
        "Bind the project only: `--ro-bind \"$HOME/project\" \"$HOME/project\"`, or "
        "`-v \"$PWD:/work:ro\"` for a container.",
};

Findings Check(const Server& server, const Workspace& workspace) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    const std::vector<WholeHome> homes = WholeHomes(launch, workspace);
    if (homes.empty()) return {};
    const PathAnswer& answer = homes.front().answer;
    const char* can = answer.Has(Right::Write) == Answer::Yes ? "read and write" : "read";
    std::string message = fmt::format("'{}' can {} all of {}{}", server.Name(), can,
                                      homes.front().home, WhenOf(launch));
    if (!answer.because.empty()) message += ": " + WordsOf(answer.because);
    Finding finding =
        MakeFinding(kInfo, server, PlaceOf(answer.because, launch), std::move(message));
    finding.confidence = answer.confidence;
    finding.detail = homes.front().home;
    AddRelated(finding, answer.because, "decides what is visible");
    return {finding};
  });
}

}  // namespace

const Rule kHomeDirectoryVisible{kInfo, Check, nullptr};

}  // namespace sandlint
