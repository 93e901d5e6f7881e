#pragma once

#include <span>
#include <string>
#include <vector>

#include "rules/rule.h"

namespace sandlint {

/// How one item of the checklist is judged for a server without a finding against it.
struct ItemJudge {
  int item = 0;
  /// Does it also concern a server that runs elsewhere (a URL)?
  bool remote = false;
  Judgement (*judge)(const Server& server, const Workspace& workspace) = nullptr;
};
/// One row an item, in order.
std::span<const ItemJudge> ItemJudges();

/// A finding fails its item first; then the row decides.
Judgement JudgeItem(const ItemJudge& row, const Server& server, const Workspace& workspace,
                    const std::vector<const Finding*>& findings);

/// Every item but what is the same for all servers; `findings` are those about this server, in the
/// order of a report. CompleteChecklists puts in the rest.
Checklist JudgeItems(const Server& server, const Workspace& workspace,
                     const std::vector<const Finding*>& findings);
/// Fails what more findings fail: these are all about the server, in the order of a report.
void FailItems(Checklist& checklist, const std::vector<const Finding*>& findings);
void CompleteChecklists(std::vector<Checklist>& checklists, const Workspace& workspace,
                        const Findings& findings);

/// Item 11 is about the client, not about a server: the same for all.
Judgement JudgeOrchestrator(const Workspace& workspace, const Findings& findings);

/// Why the grant of `server` proves nothing about `facet`; empty where it can be relied on.
std::string DoubtAbout(const Server& server, Facet facet);

/// Nobody says what it does: a person has to, or a run of it.
Judgement ClassIsOpen(const Server& server);
Judgement JudgeBrowser(const Server& server, const Workspace& workspace);
Judgement JudgeShell(const Server& server, const Workspace& workspace);
/// Item 7, by the recorded run that the policy names.
Judgement JudgeTrace(const Server& server, const Workspace& workspace);

/// Does this finding make this item fail? Notes and guesses do not.
bool Fails(const Finding& finding, int item);

}  // namespace sandlint
