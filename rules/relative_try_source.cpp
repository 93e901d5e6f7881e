#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "relative-try-source",
    .title = "An optional bind with a relative source falls back to the root of the host",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "bwrap looks a missing relative source of a -try option up again from `/` "
        "(observed with 0.8.0): `--ro-bind-try etc /x` mounts /etc where ./etc is missing, "
        "and an empty source mounts the whole host.",
    .fix =
        "Give the source as an absolute path, and check that a variable in it cannot be "
        "empty.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = LayerOf(launch, "bwrap");
    if (layer == nullptr) return {};
    for (const Mount& mount : layer->mounts) {
      if (!mount.optional || mount.kind != MountKind::Bind || mount.source.text.starts_with('/')) {
        continue;
      }
      if (mount.source.StartsUnknown()) continue;
      const bool empty = mount.source.text.empty();
      Finding finding = MakeFinding(
          kInfo, server, mount.source.span,
          empty ? fmt::format("'{}' mounts the root of the host: {} has an empty source.",
                              server.Name(), mount.option.text)
                : fmt::format("'{0}' mounts /{1} of the host where {1} is missing in the working "
                              "directory.",
                              server.Name(), mount.source.text));
      finding.severity = empty ? Severity::Error : kInfo.severity;
      finding.detail = mount.target.text;
      return {finding};
    }
    return {};
  });
}

}  // namespace

const Rule kRelativeTrySource{kInfo, Check, nullptr};

}  // namespace sandlint
