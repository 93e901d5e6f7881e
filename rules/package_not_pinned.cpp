#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "package-not-pinned",
    .title = "A launcher fetches whatever version of a package is newest",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "npx, uvx and their like download the package again when a new version is out, and "
        "run it with all that the server may reach. A stolen publisher account is enough "
        "to change what runs.",
    .fix =
        "Name an exact version (`npx -y name@1.2.3`, `uvx name==1.2.3`), or install the "
        "package with a lock file and start the installed program.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    for (const Layer& layer : launch.layers) {
      if (layer.kind != LayerKind::Launcher || !layer.package) continue;
      const ProgramRef& package = *layer.package;
      if (package.pinned || package.name.empty()) continue;
      // A path in the tree is versioned with it.
      if (package.ecosystem == "file" || package.ecosystem == "bin") continue;
      const std::string version =
          package.version.empty() ? "no version" : fmt::format("{}", package.version);
      return {MakeFinding(kInfo, server, package.word.span,
                          fmt::format("'{}' starts {} with {} of {}: not one exact version.",
                                      server.Name(), layer.tool, version, package.name))};
    }
    return {};
  });
}

}  // namespace

const Rule kPackageNotPinned{kInfo, Check, nullptr};

}  // namespace sandlint
