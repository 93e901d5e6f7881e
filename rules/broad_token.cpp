#include <fmt/format.h>

#include "rules/all.h"
#include "rules/handed_secrets.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "broad-token",
    .title = "A server is given a credential that opens more than one thing",
    .checklist_item = 10,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A classic GitHub token opens every repository of its owner, a long-lived AWS key all that "
        "its user may do. A server needs one repository or one service; the rest is what an "
        "attacker gains.",
    .fix =
        "Issue a fine-grained credential for this server: a GitHub fine-grained token for one "
        "repository, a role with short-lived keys, a restricted API key.",
};

Findings Check(const Server& server, const Workspace&) {
  Findings findings;
  for (const HandedSecret& handed : HandedSecrets(server)) {
    const TokenFormat* format = handed.secret.format;
    if (format == nullptr || format->broad.empty()) continue;
    findings.push_back(MakeFinding(
        kInfo, server, handed.secret.word.span,
        fmt::format("'{}' is given {}: {}", server.Name(), Describe(handed), format->broad)));
    findings.back().detail = handed.name;
  }
  return findings;
}

}  // namespace

const Rule kBroadToken{kInfo, Check, nullptr};

}  // namespace sandlint
