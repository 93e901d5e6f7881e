#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "orchestrator-unsandboxed",
    .title = "The client can run commands outside of its own sandbox",
    .checklist_item = 11,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "Isolation of single servers does not help against a compromised client: it holds "
        "every credential itself. Claude Code can put its Bash tool into a sandbox; these "
        "settings leave ways around it.",
    .fix =
        "Set `sandbox.enabled` and `sandbox.failIfUnavailable` to true and "
        "`sandbox.allowUnsandboxedCommands` to false in the settings of the client.",
};

struct Weakening {
  std::string_view key;
  std::string_view value;
  std::string_view effect;
};
constexpr Weakening kWeakenings[] = {
    {"sandbox.allowUnsandboxedCommands", "true", "the model may ask to leave it"},
    {"sandbox.failIfUnavailable", "false", "commands run bare where it cannot start"},
    {"sandbox.enableWeakerNestedSandbox", "true", "the /proc of the host is visible in it"},
    {"sandbox.network.allowAllUnixSockets", "true", "every socket of the host can be connected"},
    {"sandbox.filesystem.disabled", "true", "it does not restrict files at all"},
};

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const ClientSettings& settings : workspace.settings) {
    for (const Setting& setting : settings.sandbox) {
      for (const Weakening& weakening : kWeakenings) {
        if (setting.key.text != weakening.key || setting.value.text != weakening.value) continue;
        Finding finding;
        finding.rule = kInfo.id;
        finding.severity = kInfo.severity;
        finding.message = fmt::format("{} is {} in the settings of {}: {}.", weakening.key,
                                      weakening.value, settings.client, weakening.effect);
        finding.where = FirstLine(setting.value.span);
        finding.detail = weakening.key;
        findings.push_back(finding);
      }
    }
    if (settings.sandbox_enabled.text == "false") {
      Finding finding;
      finding.rule = kInfo.id;
      finding.severity = kInfo.severity;
      finding.message =
          fmt::format("sandbox.enabled is false in the settings of {}: its commands run bare.",
                      settings.client);
      finding.where = FirstLine(settings.sandbox_enabled.span);
      finding.detail = "sandbox.enabled";
      findings.push_back(finding);
    }
  }
  return findings;
}

}  // namespace

const Rule kOrchestratorUnsandboxed{kInfo, nullptr, Check};

}  // namespace sandlint
