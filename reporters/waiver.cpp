#include "reporters/waiver.h"

#include <fmt/format.h>

namespace sandlint {

std::string WaiverOf(const Run& run, std::size_t index, const Masker& masker) {
  const SuppressedFinding& one = run.suppressed[index];
  const std::string expires = index < run.waivers.size() ? run.waivers[index].expires : "";
  return fmt::format("suppressed by the policy {}: {}",
                     expires.empty() ? std::string("for ever") : "until " + expires,
                     masker.Text(one.reason, one.finding.server_index));
}

std::string BeforePolicy(const Run& run, const Finding& finding) {
  const auto found = run.before_policy.find(finding.key);
  if (found == run.before_policy.end()) return {};
  return fmt::format("{} before the policy", NameOf(found->second));
}

}  // namespace sandlint
