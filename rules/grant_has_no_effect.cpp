#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "grant-has-no-effect",
    .title = "A grant has no effect",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "A line that does nothing misleads the next reader: it looks as if the server had, "
        "or needed, what it names.",
    .fix = "Remove the line, or the one that makes it useless.",
};

constexpr std::string_view kResolverFiles[] = {"/etc/resolv.conf", "/etc/nsswitch.conf",
                                               "/run/systemd/resolve", "/run/nscd"};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (launch.grant.egress.mode != NetworkMode::None) return {};
    for (const Layer& layer : launch.layers) {
      for (const Mount& mount : layer.mounts) {
        for (const std::string_view file : kResolverFiles) {
          if (mount.kind != MountKind::Bind || mount.source.text != file) continue;
          Finding finding =
              MakeFinding(kInfo, server, mount.option.span,
                          fmt::format("'{}' is given {} to resolve names, but has no network.",
                                      server.Name(), mount.source.text));
          for (const Evidence& evidence : launch.grant.egress.because) {
            finding.related.push_back({evidence.span, "this cuts the network"});
          }
          finding.detail = file;
          return {finding};
        }
      }
    }
    return {};
  });
}

}  // namespace

const Rule kGrantHasNoEffect{kInfo, Check, nullptr};

}  // namespace sandlint
