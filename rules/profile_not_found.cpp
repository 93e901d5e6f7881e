#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "profile-not-found",
    .title = "A launch obeys a profile that is not there to be read",
    .checklist_item = 1,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "What the sandbox allows stands in a file that the reviewer does not see. The tool stops "
        "without it, or obeys whatever stands there on the next machine.",
    .fix = "Keep the profile in the repository and name it by its path there.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    Findings findings;
    for (const Layer& layer : launch.layers) {
      for (const MissingFile& file : layer.missing_files) {
        if (!file.fatal) continue;
        const bool sure = file.missing == Answer::Yes;
        findings.push_back(MakeFinding(
            kInfo, server, file.word.span,
            fmt::format("'{}' obeys {}, which {}", server.Name(), Quote(file.name),
                        sure ? "does not exist: it does not start" : "is not in the repository")));
        findings.back().severity = sure ? Severity::Error : kInfo.severity;
        findings.back().detail = Quote(file.name);
        return findings;
      }
    }
    return findings;
  });
}

}  // namespace

const Rule kProfileNotFound{kInfo, Check, nullptr};

}  // namespace sandlint
