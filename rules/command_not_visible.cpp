#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/shortfall.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "command-not-visible",
    .title = "A sandbox hides the program that it is to start",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The sandbox starts, then finds no program, interpreter or script to run: the server never "
        "answers, and the usual repair is to take the sandbox away.",
    .fix = "Show the program, its interpreter and its script read-only.",
};

Findings Check(const Server& server, const Workspace& workspace) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    for (const StartFile& file : StartFiles(launch, *workspace.host)) {
      if (!IsHidden(launch, file)) continue;
      const Layer& sandbox = *InnermostSandbox(launch);
      const bool named = !file.path.starts_with('/');
      Finding finding = MakeFinding(
          kInfo, server, file.word.span,
          fmt::format("'{}' cannot start: its sandbox shows no {} ({}{}).", server.Name(),
                      Quote(file.path), file.what, named ? ", in no directory of its PATH" : ""));
      finding.related.push_back({sandbox.program.span, "the sandbox"});
      finding.detail = Quote(file.path);
      const std::string path = named ? "/usr/bin/" + file.path : file.path;
      finding.fix = fmt::format(
          "Add {}.", Quote(GrantOf(sandbox, launch.grant.paths->Inside(path), path, false)));
      return {finding};
    }
    return {};
  });
}

}  // namespace

const Rule kCommandNotVisible{kInfo, Check, nullptr};

}  // namespace sandlint
