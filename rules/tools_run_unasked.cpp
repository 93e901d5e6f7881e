#include <fmt/format.h>

#include <string>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "tools-run-unasked",
    .title = "The tools of a server run without a question",
    .checklist_item = 11,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "What a server's tool does is asked about before each call, unless its entry says "
        "otherwise. VS Code takes the question away for every server that it puts into its "
        "sandbox, also where the sandbox leaves everything to be read.",
    .fix =
        "Take `alwaysAllow`, `autoApprove` and `trust` out of the server's entry; beside VS Code's "
        "`sandboxEnabled` list the secret directories in `sandbox.filesystem.denyRead`.",
};

/// Is there a launch whose sandbox leaves secrets to be read?
bool LeavesSecrets(const Server& server, const Workspace& workspace) {
  for (const Launch& launch : server.launches) {
    if (!WholeHomes(launch, workspace).empty()) return true;
    if (!LookForSecrets(server, launch).visible.empty()) return true;
  }
  return false;
}

/// Words of an entry that let the calls of its tools through.
Findings Check(const Server& server, const Workspace& workspace) {
  Findings findings;
  if (!server.decl.loads) return findings;
  for (const Word& word : server.decl.auto_approves) {
    const bool by_sandbox = server.decl.sandbox && word.span == server.decl.sandbox->enabled.span;
    if (by_sandbox && !LeavesSecrets(server, workspace)) continue;
    std::string message =
        by_sandbox ? fmt::format(
                         "the tools of '{}' run without a question since it is sandboxed, and the "
                         "sandbox leaves secrets to be read",
                         server.Name())
                   : fmt::format("{} lets tools of '{}' run without a question", Quote(word.text),
                                 server.Name());
    findings.push_back(MakeFinding(kInfo, server, word.span, std::move(message)));
    findings.back().detail = word.text;
  }
  return findings;
}

}  // namespace

const Rule kToolsRunUnasked{kInfo, Check, nullptr};

}  // namespace sandlint
