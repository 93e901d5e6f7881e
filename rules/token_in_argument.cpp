#include <fmt/format.h>

#include "rules/all.h"
#include "rules/handed_secrets.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "token-in-argument",
    .title = "A secret stands on a command line",
    .checklist_item = 10,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "The command line of a process is visible to every user of the machine (`ps`), lands in "
        "logs and crash reports, and here also in the config file.",
    .fix =
        "Revoke the secret, then pass it by name: an `env` entry with a reference "
        "(`${TOKEN}`), `docker run -e TOKEN` without a value, or a file that only the server "
        "reads.",
};

Findings Check(const Server& server, const Workspace&) {
  Findings findings;
  for (const HandedSecret& handed : HandedSecrets(server)) {
    if (handed.place != SecretPlace::Argument) continue;
    findings.push_back(MakeFinding(
        kInfo, server, handed.secret.word.span,
        fmt::format("the command line of '{}' holds {}", server.Name(), Describe(handed))));
    findings.back().detail = handed.name;
    if (handed.secret.format == nullptr) findings.back().confidence = Confidence::Medium;
  }
  return findings;
}

}  // namespace

const Rule kTokenInArgument{kInfo, Check, nullptr};

}  // namespace sandlint
