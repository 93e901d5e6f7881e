#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "startup-file-writable",
    .title = "A sandbox lets a server write what the user's next session runs",
    .checklist_item = 2,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "A line in ~/.bashrc, an alias in ~/.gitconfig or a program in ~/.local/bin runs outside "
        "of "
        "the sandbox the next time the user works there: the sandbox only delays it.",
    .fix = "Bind these places read-only, or not at all.",
};

Findings Check(const Server& server, const Workspace& workspace) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    if (!WholeHomes(launch, workspace).empty()) return {};  // told by home-directory-visible
    std::vector<std::string> names;
    PathAnswer first;
    for (const std::string& home : launch.grant.homes) {
      for (const std::string_view file : StartupFiles()) {
        if (file.starts_with(".config/")) continue;  // told by secret-directory-visible
        PathAnswer answer = launch.grant.paths->OfHost(UnderHome(home, file));
        if (answer.Has(Right::Write) != Answer::Yes) continue;
        names.push_back(Tilde(UnderHome(home, file), launch.grant.homes));
        if (names.size() == 1) first = std::move(answer);
      }
    }
    if (names.empty()) return {};
    std::string message =
        fmt::format("'{}' can write {}{}", server.Name(), JoinSome(names, 4), WhenOf(launch));
    if (!first.because.empty()) message += ": " + WordsOf(first.because);
    Finding finding =
        MakeFinding(kInfo, server, PlaceOf(first.because, launch), std::move(message));
    finding.confidence = first.confidence;
    finding.detail = JoinWords(names);
    AddRelated(finding, first.because, "decides what is writable");
    return {finding};
  });
}

}  // namespace

const Rule kStartupFileWritable{kInfo, Check, nullptr};

}  // namespace sandlint
