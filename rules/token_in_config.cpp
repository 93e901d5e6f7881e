#include <fmt/format.h>

#include "rules/all.h"
#include "rules/handed_secrets.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "token-in-config",
    .title = "A config holds a secret in the clear",
    .checklist_item = 10,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "Whoever reads the file has the secret: every clone of the repository, every backup, "
        "every server that sees the project. What was committed once stays in the history.",
    .fix =
        "Revoke the secret, then refer to it: `\"GITHUB_TOKEN\": \"${GITHUB_TOKEN}\"`, or have a "
        "broker hand it to the process when it starts.",
};

Findings Check(const Server& server, const Workspace&) {
  Findings findings;
  for (const HandedSecret& handed : HandedSecrets(server)) {
    if (handed.place != SecretPlace::Environment && handed.place != SecretPlace::Header) continue;
    findings.push_back(
        MakeFinding(kInfo, server, handed.secret.word.span,
                    fmt::format("the config of '{}' holds {}", server.Name(), Describe(handed))));
    findings.back().detail = handed.name;
    if (handed.secret.format == nullptr) findings.back().confidence = Confidence::Medium;
  }
  return findings;
}

}  // namespace

const Rule kTokenInConfig{kInfo, Check, nullptr};

}  // namespace sandlint
