#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "temp-directory-shared",
    .title = "A sandbox shares a temp directory of the host",
    .checklist_item = 3,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "What one server leaves in a shared or fixed temp directory, the next one finds: state, "
        "sockets and half-written files leak between servers and outlive the session.",
    .fix =
        "Give each launch its own: `--tmpfs /tmp` for bwrap and containers, or a wrapper that "
        "calls `mktemp -d` and removes the directory in a trap.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    std::string temp;
    const PathAnswer answer = SharedTemp(launch, temp);
    if (temp.empty()) return {};
    const char* can = answer.Has(Right::Write) == Answer::Yes ? "write in" : "read";
    std::string message =
        fmt::format("'{}' can {} {} of the host{}", server.Name(), can, temp, WhenOf(launch));
    if (!answer.because.empty()) message += ": " + WordsOf(answer.because);
    Finding finding =
        MakeFinding(kInfo, server, PlaceOf(answer.because, launch), std::move(message));
    finding.confidence = answer.confidence;
    finding.detail = temp;
    AddRelated(finding, answer.because, "decides what is visible");
    return {finding};
  });
}

}  // namespace

const Rule kTempDirectoryShared{kInfo, Check, nullptr};

}  // namespace sandlint
