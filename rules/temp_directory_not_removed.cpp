#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "temp-directory-not-removed",
    .title = "A wrapper makes a temp directory and leaves it behind",
    .checklist_item = 3,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "What a server wrote stays readable after the session. A trap is lost when the script "
        "replaces itself by `exec`, and a command behind the server does not run when the client "
        "kills the wrapper.",
    .fix =
        "Set `trap 'rm -rf \"$DIR\"' EXIT` and start the server without `exec`, or use a tmpfs, "
        "which goes with the sandbox.",
};

const char* WhyOf(Removal removal) {
  switch (removal) {
    case Removal::LostTrap:
      return "exec throws the trap away that was to remove it";
    case Removal::AfterCommand:
      return "the command that removes it does not run when the wrapper is killed";
    case Removal::Never:
    case Removal::Trap:
      break;
  }
  return "nothing removes it";
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    for (const Layer& layer : launch.layers) {
      for (const TempDirectory& directory : layer.temp_directories) {
        if (directory.removal == Removal::Trap) continue;
        Finding finding =
            MakeFinding(kInfo, server, directory.made_by.span,
                        fmt::format("'{}' leaves its temp directory behind{}: {}.", server.Name(),
                                    WhenOf(launch), WhyOf(directory.removal)));
        if (directory.removed_by) {
          AddRelated(finding, {EvidenceOf(directory.removed_by)}, "was to remove it");
        }
        return {finding};
      }
    }
    return {};
  });
}

}  // namespace

const Rule kTempDirectoryNotRemoved{kInfo, Check, nullptr};

}  // namespace sandlint
