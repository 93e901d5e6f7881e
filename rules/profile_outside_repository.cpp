#include <fmt/format.h>

#include <string>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "profile-outside-repository",
    .title = "A container obeys a profile that is not in the repository",
    .checklist_item = 12,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A seccomp profile or a file of variables that lies outside of the repository changes "
        "without a review, and is missing on the next machine.",
    .fix = "Move the file into the repository and name it by its path there.",
};

/// `seccomp=FILE` -> FILE, where it is a path; the built-in profiles have names.
std::string_view ProfileOf(std::string_view option) {
  constexpr std::string_view kSeccomp = "seccomp";
  if (!option.starts_with(kSeccomp) || option.size() <= kSeccomp.size()) return {};
  const std::string_view value = option.substr(kSeccomp.size() + 1);
  return value == "unconfined" || value == "builtin" ? std::string_view() : value;
}

/// A tree has no absolute paths: whatever starts at the root, at a home or above is outside.
bool IsOutside(std::string_view path) {
  return path.starts_with('/') || path.starts_with('~') || path.starts_with("$") ||
         path.starts_with("../");
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    for (const Layer& layer : launch.layers) {
      if (!layer.container) continue;
      for (const Word& option : layer.container->security) {
        const std::string_view profile = ProfileOf(option.text);
        if (profile.empty() || !IsOutside(profile)) continue;
        Finding finding = MakeFinding(
            kInfo, server, option.span,
            fmt::format("the container of '{}' obeys {}, which is not in the repository",
                        server.Name(), Quote(profile)));
        finding.detail = Quote(profile);
        return {finding};
      }
    }
    return {};
  });
}

}  // namespace

const Rule kProfileOutsideRepository{kInfo, Check, nullptr};

}  // namespace sandlint
