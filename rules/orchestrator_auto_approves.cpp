#include <fmt/format.h>

#include <string>

#include "rules/all.h"
#include "rules/facts.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "orchestrator-auto-approves",
    .title = "The client approves servers or tool calls without asking",
    .checklist_item = 11,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "The question before a server starts or a tool runs is the one moment at which a person "
        "sees what is about to happen. With these settings a pull request that adds a server runs "
        "it on the machine of whoever checks it out.",
    .fix =
        "Remove `enableAllProjectMcpServers`, name single servers in `enabledMcpjsonServers`, keep "
        "`defaultMode` at `default` or `plan`, and allow single commands, not whole tools.",
};

struct Mode {
  std::string_view name;
  Severity severity;
  std::string_view effect;
};
constexpr Mode kModes[] = {
    {"bypassPermissions", Severity::Error, "nothing is asked any more"},
    {"auto", Severity::Warning, "a model decides what is asked"},
    {"acceptEdits", Severity::Note, "every edit of a file is accepted"},
};

/// A permission rule that lets a whole tool through.
bool AllowsEverything(const std::string& rule) {
  return rule == "*" || rule == "Bash" || rule == "Bash(*)" || rule == "Bash(:*)" ||
         rule == "Bash(**)" || rule == "mcp__*" || rule == "mcp__*__*";
}

void Add(Findings& findings, Severity severity, const Word& word, std::string message) {
  Finding finding;
  finding.rule = kInfo.id;
  finding.severity = severity;
  finding.message = std::move(message);
  finding.where = FirstLine(word.span);
  finding.detail = word.text;
  findings.push_back(std::move(finding));
}

void CheckMode(const ClientSettings& settings, Findings& findings) {
  for (const Mode& mode : kModes) {
    if (settings.permission_mode.text != mode.name) continue;
    Add(findings, mode.severity, settings.permission_mode,
        fmt::format("{} starts in the mode {}: {}", settings.client, mode.name, mode.effect));
  }
}

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const ClientSettings& settings : workspace.settings) {
    if (settings.enable_all_project_servers.text == "true") {
      Add(findings, Severity::Error, settings.enable_all_project_servers,
          fmt::format("{} starts every server that a project declares without asking",
                      settings.client));
      findings.back().detail = "enableAllProjectMcpServers";
    }
    CheckMode(settings, findings);
    if (settings.skip_dangerous_prompt.text == "true") {
      Add(findings, Severity::Warning, settings.skip_dangerous_prompt,
          fmt::format("{} enters the mode without permissions unasked", settings.client));
      findings.back().detail = "skipDangerousModePermissionPrompt";
    }
    for (const Word& rule : settings.allow) {
      if (!AllowsEverything(rule.text)) continue;
      Add(findings, Severity::Warning, rule,
          fmt::format("{} allows {}: every call of it runs without a question", settings.client,
                      Quote(rule.text)));
    }
  }
  return findings;
}

}  // namespace

const Rule kOrchestratorAutoApproves{kInfo, nullptr, Check};

}  // namespace sandlint
