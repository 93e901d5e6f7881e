#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "orchestrator-reads-secrets",
    .title = "The client is not kept from reading secret directories",
    .checklist_item = 11,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "The tools of the client itself read any file of its user unless a deny rule says "
        "otherwise: no sandbox of a server stands between an instruction in a web page and "
        "~/.ssh.",
    .fix =
        "Add `permissions.deny` rules such as `Read(~/.ssh/**)`, `Read(~/.aws/**)`, "
        "`Read(~/.config/**)`, `Read(~/.claude/**)`.",
};

constexpr std::string_view kSecretDirectories[] = {"~/.ssh", "~/.aws"};

bool Denies(const ClientSettings& settings, std::string_view directory) {
  for (const Word& rule : settings.deny) {
    if (rule.text.starts_with("Read(") && rule.text.find(directory) != std::string::npos)
      return true;
  }
  return false;
}

Findings Check(const Workspace& workspace) {
  Findings findings;
  for (const ClientSettings& settings : workspace.settings) {
    // Said only of a file that decides about permissions at all.
    if (settings.allow.empty() && settings.deny.empty() && !settings.permission_mode) continue;
    std::string open;
    for (const std::string_view directory : kSecretDirectories) {
      if (Denies(settings, directory)) continue;
      open += open.empty() ? "" : ", ";
      open += directory;
    }
    if (open.empty()) continue;
    Finding finding;
    finding.rule = kInfo.id;
    finding.severity = kInfo.severity;
    finding.message = fmt::format("no deny rule keeps {} from reading {}.", settings.client, open);
    const Word& place = !settings.deny.empty()    ? settings.deny.front()
                        : !settings.allow.empty() ? settings.allow.front()
                                                  : settings.permission_mode;
    finding.where = FirstLine(place.span);
    findings.push_back(finding);
  }
  return findings;
}

}  // namespace

const Rule kOrchestratorReadsSecrets{kInfo, nullptr, Check};

}  // namespace sandlint
