#include <fmt/format.h>

#include "rules/all.h"
#include "rules/handed_secrets.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "token-in-url",
    .title = "A secret stands in the URL of a server",
    .checklist_item = 10,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "URLs are written to the logs of proxies and servers, to histories and to error reports. "
        "A secret in one is copied to all of them.",
    .fix =
        "Revoke the secret, then send it as a header with a reference: `\"headers\": "
        "{\"Authorization\": \"Bearer ${TOKEN}\"}`.",
};

Findings Check(const Server& server, const Workspace&) {
  Findings findings;
  for (const HandedSecret& handed : HandedSecrets(server)) {
    if (handed.place != SecretPlace::Url) continue;
    findings.push_back(
        MakeFinding(kInfo, server, handed.secret.word.span,
                    fmt::format("the URL of '{}' holds {}", server.Name(), Describe(handed))));
    findings.back().detail = handed.name;
    if (handed.secret.format == nullptr) findings.back().confidence = Confidence::Medium;
  }
  return findings;
}

}  // namespace

const Rule kTokenInUrl{kInfo, Check, nullptr};

}  // namespace sandlint
