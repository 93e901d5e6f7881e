#include "rules/checklist.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "model/parallel.h"
#include "rules/facts.h"
#include "rules/policy_rules.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

// The words of the guide, exactly: a reader finds each line of the checklist again.
constexpr std::array<ChecklistItem, 12> kChecklist{{
    {1, "Each MCP server runs in its own bwrap profile or container"},
    {2, "~/.ssh, ~/.aws, ~/.config, ~/.claude not visible to any MCP server process"},
    {3, "Per-server temp dir created at launch, deleted at session end"},
    {4, "Network egress: deny-all default with named allowlist per server"},
    {5, "Allowlist covers only the hosts the server documents it needs"},
    {6, "Filesystem-only servers have --unshare-net (no network at all)"},
    {7, "strace / fs_usage run to verify observed file access matches documented behavior"},
    {8, "Browser automation tools get separate user account, not just process isolation"},
    {9, "Shell execution tools evaluated for container/VM isolation instead of process sandbox"},
    {10,
     "MCP server tokens are fine-grained (single repo / single service), not broad credentials"},
    {11, "Orchestrator (Claude Code, etc.) environment reviewed separately from server isolation"},
    {12, "Sandbox profiles version-controlled alongside MCP server config"},
}};

constexpr std::size_t kOrchestratorItem = 11;

/// The findings about each server, told apart in one pass.
std::vector<std::vector<const Finding*>> ByServer(const Workspace& workspace,
                                                  const Findings& findings) {
  std::vector<std::vector<const Finding*>> result(workspace.servers.size());
  for (const Finding& finding : findings) {
    if (finding.server_index < 0) continue;
    const auto index = static_cast<std::size_t>(finding.server_index);
    if (index < result.size()) result[index].push_back(&finding);
  }
  return result;
}

/// A person's word decides what no evidence in the tree can; it never outweighs a finding.
void Attest(Judgement& judgement, std::size_t item, std::string_view server,
            const Workspace& workspace) {
  if (judgement.verdict != Verdict::NotProven && judgement.verdict != Verdict::NeedsPerson) return;
  const Attestation* one = AttestationOf(static_cast<int>(item), server, workspace);
  if (one == nullptr) return;
  judgement = {Verdict::Pass, fmt::format("attested by {} on {}: {}", one->who.text, one->date.text,
                                          one->reason.text)};
}

/// What is the same for all servers, and the word of a person, come last.
void Complete(Checklist& checklist, const Server& server, const Workspace& workspace,
              const Judgement& orchestrator) {
  checklist[kOrchestratorItem] = orchestrator;
  for (std::size_t item = 1; item < checklist.size(); ++item) {
    Attest(checklist[item], item, server.Name(), workspace);
  }
}

/// What counts most when many servers are told as one.
int WorryOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::Fail:
      return 4;
    case Verdict::NotProven:
      return 3;
    case Verdict::NeedsPerson:
      return 2;
    case Verdict::Pass:
      return 1;
    case Verdict::NotApplicable:
      break;
  }
  return 0;
}

/// The worst verdict of all servers, and who has it.
Judgement Fold(const Workspace& workspace, const std::vector<Checklist>& checklists,
               std::size_t item) {
  Judgement worst{Verdict::NotApplicable, "no server is declared"};
  std::vector<std::string> names;
  for (std::size_t index = 0; index < checklists.size(); ++index) {
    const Judgement& one = checklists[index][item];
    if (names.empty() || WorryOf(one.verdict) > WorryOf(worst.verdict)) {
      worst = one;
      names.clear();
    }
    if (one.verdict == worst.verdict) names.push_back("'" + workspace.servers[index].Name() + "'");
  }
  if (checklists.size() > 1) {
    worst.reason = fmt::format("{} of {} servers ({}): {}", names.size(), checklists.size(),
                               JoinSome(names, 3), worst.reason);
  }
  return worst;
}

/// A file whose servers are not known leaves nothing proven about "every server".
std::string UnreadFile(const Workspace& workspace) {
  for (const FileReport& file : workspace.files) {
    if (file.status == FileStatus::Rejected || file.status == FileStatus::Unreadable) {
      return file.path;
    }
  }
  return {};
}

}  // namespace

const Attestation* AttestationOf(int item, std::string_view server, const Workspace& workspace) {
  for (const Attestation& one : workspace.policy.attestations) {
    const bool about = one.server.text.empty() || one.server.text == server;
    if (about && one.item == item && !IsOver(one.expires, workspace)) return &one;
  }
  return nullptr;
}

std::span<const ChecklistItem> GuideChecklist() { return kChecklist; }

bool Fails(const Finding& finding, int item) {
  if (finding.severity < Severity::Warning || finding.confidence <= Confidence::Low) return false;
  if (finding.items.bits != 0) return finding.items.Has(item);
  const Rule* rule = FindRule(finding.rule);
  return rule != nullptr && rule->info.checklist_item == item;
}

Checklist JudgeItems(const Server& server, const Workspace& workspace,
                     const std::vector<const Finding*>& findings) {
  Checklist checklist;
  for (const ItemJudge& row : ItemJudges()) {
    checklist[static_cast<std::size_t>(row.item)] = JudgeItem(row, server, workspace, findings);
  }
  return checklist;
}

void FailItems(Checklist& checklist, const std::vector<const Finding*>& findings) {
  for (const ItemJudge& row : ItemJudges()) {
    const auto fails = [&](const Finding* finding) { return Fails(*finding, row.item); };
    const auto first = std::ranges::find_if(findings, fails);
    if (first == findings.end()) continue;
    checklist[static_cast<std::size_t>(row.item)] = {Verdict::Fail, (*first)->rule};
  }
}

void CompleteChecklists(std::vector<Checklist>& checklists, const Workspace& workspace,
                        const Findings& findings) {
  const Judgement orchestrator = JudgeOrchestrator(workspace, findings);
  for (std::size_t index = 0; index < checklists.size(); ++index) {
    Complete(checklists[index], workspace.servers[index], workspace, orchestrator);
  }
}

std::vector<Checklist> JudgeServers(const Workspace& workspace, const Findings& findings) {
  const auto by_server = ByServer(workspace, findings);
  std::vector<Checklist> checklists(workspace.servers.size());
  InParallel(checklists.size(), [&](std::size_t index) {
    const Server& server = workspace.servers[index];
    checklists[index] = JudgeItems(server, workspace, by_server[index]);
    ForgetAnswers(server);
  });
  CompleteChecklists(checklists, workspace, findings);
  return checklists;
}

Checklist JudgeServer(const Server& server, const Workspace& workspace, const Findings& findings) {
  std::vector<const Finding*> mine;
  for (const Finding& finding : findings) {
    if (finding.server_index < 0) continue;
    const auto index = static_cast<std::size_t>(finding.server_index);
    if (index < workspace.servers.size() && &workspace.servers[index] == &server) {
      mine.push_back(&finding);
    }
  }
  Checklist checklist = JudgeItems(server, workspace, mine);
  Complete(checklist, server, workspace, JudgeOrchestrator(workspace, findings));
  return checklist;
}

Checklist JudgeRepository(const Workspace& workspace, const Findings& findings) {
  return JudgeRepository(workspace, findings, JudgeServers(workspace, findings));
}

Checklist JudgeRepository(const Workspace& workspace, const Findings& findings,
                          const std::vector<Checklist>& servers) {
  const std::string unread = UnreadFile(workspace);
  Checklist checklist;
  for (std::size_t item = 1; item < checklist.size(); ++item) {
    Judgement& judgement = checklist[item];
    judgement = item == kOrchestratorItem ? JudgeOrchestrator(workspace, findings)
                                          : Fold(workspace, servers, item);
    const bool good =
        judgement.verdict == Verdict::Pass || judgement.verdict == Verdict::NotApplicable;
    if (good && !unread.empty()) {
      judgement = {Verdict::NotProven, fmt::format("{} could not be read", unread)};
    } else if (item == kOrchestratorItem) {
      Attest(judgement, item, {}, workspace);
    }
  }
  return checklist;
}

}  // namespace sandlint
