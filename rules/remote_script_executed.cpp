#include <fmt/format.h>

#include "model/image.h"
#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "remote-script-executed",
    .title = "A launch downloads a script and runs it",
    .checklist_item = 0,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "What runs is decided anew at each start by whoever controls that address or the "
        "way to it; nothing of it is in version control, and nothing checks it.",
    .fix = "Keep the script in the repository, or install a pinned package and start that.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    for (const Layer& layer : launch.layers) {
      if (layer.container && layer.container->build != nullptr &&
          !layer.container->build->run_downloads.empty()) {
        Finding finding = MakeFinding(
            kInfo, server, layer.container->build->run_downloads.front().span,
            fmt::format("the image of '{}' is built with a script that is downloaded and run "
                        "unread.",
                        server.Name()));
        finding.severity = Severity::Warning;  // once for each build, not at each start
        return {finding};
      }
      if (!layer.downloads_script) continue;
      return {MakeFinding(
          kInfo, server, layer.downloads_script->span,
          fmt::format("'{}' runs a script that it downloads at each start.", server.Name()))};
    }
    return {};
  });
}

}  // namespace

const Rule kRemoteScriptExecuted{kInfo, Check, nullptr};

}  // namespace sandlint
