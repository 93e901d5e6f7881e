#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "comment-cuts-path",
    .title = "A `#` in a path of a profile starts a comment",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "firejail cuts a line at any `#` (observed with 0.9.72): `blacklist ${HOME}/a#b` hides a "
        "file named `a` and leaves `a#b` readable.",
    .fix =
        "Write `?` for the `#` in a blacklist, or hide the folder above; put a blank before a "
        "comment.",
};

constexpr auto kPaths = std::to_array<std::string_view>({
    "bind",        "blacklist",   "blacklist-nolog", "include",     "mkdir",
    "mkfile",      "noblacklist", "noexec",          "nowhitelist", "private",
    "private-bin", "private-etc", "private-home",    "private-opt", "private-srv",
    "read-only",   "read-write",  "tmpfs",           "whitelist",   "whitelist-ro",
});

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    Findings findings;
    for (const Layer& layer : launch.layers) {
      for (const auto& line : layer.directives) {
        if (!line->cut || !line->argument) continue;
        if (std::ranges::find(kPaths, line->keyword.text) == kPaths.end()) continue;
        findings.push_back(MakeFinding(
            kInfo, server, line->cut.span,
            fmt::format("`{} {}` of '{}' ends before {}: the path that is meant is not covered",
                        line->keyword.text, Quote(line->argument.text), server.Name(),
                        Quote(line->cut.text))));
        findings.back().detail = Quote(line->argument.text);
      }
    }
    return findings;
  });
}

}  // namespace

const Rule kCommentCutsPath{kInfo, Check, nullptr};

}  // namespace sandlint
