#include <fmt/format.h>

#include <string>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "orchestrator-secrets-in-settings",
    .title = "The settings of the client hold a secret in the clear",
    .checklist_item = 11,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "Variables in the settings of the client reach the client and every server that it starts, "
        "and the file is often committed: one place to read, all servers to use it.",
    .fix =
        "Revoke the secret, remove it from the settings, and give it to the one server that needs "
        "it by reference.",
};

void AddSecret(const ClientSettings& settings, const Setting& setting, const char* how,
               Findings& findings) {
  const auto secret = SecretIn(setting.key.text, setting.value);
  if (!secret) return;
  Finding finding;
  finding.rule = kInfo.id;
  finding.severity = kInfo.severity;
  finding.confidence = secret->format == nullptr ? Confidence::Medium : Confidence::High;
  finding.message = fmt::format(
      "the settings of {} hold {} in {}{}", settings.client,
      secret->format == nullptr ? std::string_view("a literal secret") : secret->format->name,
      Quote(setting.key.text), how);
  finding.where = FirstLine(secret->word.span);
  finding.detail = setting.key.text;
  findings.push_back(std::move(finding));
}

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const ClientSettings& settings : workspace.settings) {
    for (const Setting& setting : settings.environment) {
      AddSecret(settings, setting, ": every server inherits it", findings);
    }
    for (const Setting& command : settings.commands) AddSecret(settings, command, "", findings);
  }
  return findings;
}

}  // namespace

const Rule kOrchestratorSecretsInSettings{kInfo, nullptr, Check};

}  // namespace sandlint
