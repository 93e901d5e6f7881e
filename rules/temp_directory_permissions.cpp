#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "temp-directory-permissions",
    .title = "A wrapper opens its temp directory to other users",
    .checklist_item = 3,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "`mktemp -d` makes a directory for its owner alone. With a wider mode every user and every "
        "server under another account reads what this one leaves there, or plants files in it.",
    .fix = "Leave the mode as `mktemp -d` sets it, or `chmod 700` the directory.",
};

constexpr std::uint32_t kOthers = 077;

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    for (const Layer& layer : launch.layers) {
      for (const TempDirectory& directory : layer.temp_directories) {
        if ((directory.mode & kOthers) == 0) continue;
        const Word& word = directory.mode_by ? directory.mode_by : directory.made_by;
        Finding finding =
            MakeFinding(kInfo, server, word.span,
                        fmt::format("'{}' opens its temp directory to others: mode {:o}.",
                                    server.Name(), directory.mode));
        AddRelated(finding, {EvidenceOf(directory.made_by)}, "makes the directory");
        return {finding};
      }
    }
    return {};
  });
}

}  // namespace

const Rule kTempDirectoryPermissions{kInfo, Check, nullptr};

}  // namespace sandlint
