#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"
#include "model/workspace.h"

namespace sandlint {

/// What is said of a rule, once: help, docs, SARIF and `explain` all come from here.
struct RuleInfo {
  std::string_view id;     ///< kebab-case name of the bad pattern
  std::string_view title;  ///< one sentence without a final period
  int checklist_item = 0;  ///< 1 to 12, or 0 for what goes beyond the checklist
  Severity severity = Severity::Warning;
  std::string_view since;
  std::string_view why;
  std::string_view fix;
};

/// A rule has exactly one of the two hooks. Both are pure: model in, findings out. What a server
/// reaches is asked for by the first one only: the views are gone when the second one runs.
struct Rule {
  RuleInfo info;
  Findings (*per_server)(const Server& server, const Workspace& workspace) = nullptr;
  Findings (*per_workspace)(const Workspace& workspace) = nullptr;
};

/// Every rule, by id. Kept by hand: one line a rule in all.cpp.
std::span<const Rule* const> AllRules();
const Rule* FindRule(std::string_view id);

/// One line of the guide's checklist.
struct ChecklistItem {
  int number = 0;
  std::string_view text;  ///< exactly the guide's words
};
std::span<const ChecklistItem> GuideChecklist();

/// Runs every rule. Findings come sorted (path, line, column, rule, server), each with its key.
Findings RunRules(const Workspace& workspace);
/// RunRules and JudgeServers at once: each server is judged while its views remember what the rules
/// asked.
struct Verdicts {
  Findings findings;
  std::vector<Checklist> servers;
};
Verdicts RunAndJudge(const Workspace& workspace);

/// What is found about one server by itself, and its verdicts by that.
struct JudgedServer {
  Findings findings;
  Checklist checklist;
};
/// The part of RunAndJudge that looks at one server and asks its views; that of other servers may
/// run at the same time, and nothing need be known of them yet.
JudgedServer JudgeAlone(const Workspace& workspace, std::size_t index);
/// The rest of it, when all is known; `servers` are all of them, in their order.
Verdicts Conclude(const Workspace& workspace, std::vector<JudgedServer> servers);

/// The key of a finding that is made after all rules have run, and the order of a report.
std::string KeyOf(const Finding& finding, const Workspace& workspace);
void SortFindings(Findings& findings);

/// The verdict of each of the 12 items for one server, and for the repository as a whole.
Checklist JudgeServer(const Server& server, const Workspace& workspace, const Findings& findings);
Checklist JudgeRepository(const Workspace& workspace, const Findings& findings);
/// With the verdicts of JudgeServers, where they are at hand.
Checklist JudgeRepository(const Workspace& workspace, const Findings& findings,
                          const std::vector<Checklist>& servers);
/// The same for every server at once, in their order: one pass over the findings.
std::vector<Checklist> JudgeServers(const Workspace& workspace, const Findings& findings);

}  // namespace sandlint
