#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "unmodelled-option",
    .title = "A word of a launch is not modelled",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "sandlint does not know (all of) what this word does. What it could change is not proven "
        "either way: the answers about it are unknown or less sure.",
    .fix =
        "Check by hand what the word does to files, network, environment or user, or spell the "
        "launch without it.",
};

/// A word that stops the launch is told by sandbox-does-not-start.
bool StopsLaunch(const Word& word, const Server& server) {
  for (const Launch& launch : server.launches) {
    for (const StartProblem& problem : launch.start_problems) {
      if (problem.fatal == Answer::Yes && problem.word.span == word.span) return true;
    }
  }
  return false;
}

void AddNotes(const std::vector<Note>& notes, const Server& server, Findings& findings) {
  for (const Note& note : notes) {
    if (StopsLaunch(note.word, server)) continue;
    if (note.support != Support::Unmodelled && note.support != Support::Unknown) continue;
    if (note.facets == Facet::None) continue;
    const Span place = FirstLine(note.word.span);
    const auto same = [&](const Finding& one) {
      return one.where == place && one.detail == Quote(note.word.text);
    };
    if (std::any_of(findings.begin(), findings.end(), same)) continue;
    std::string message = fmt::format("{} of '{}' is not modelled and may change its {}",
                                      Quote(note.word.text), server.Name(), NamesOf(note.facets));
    if (!note.why.empty()) message += ": " + note.why;
    findings.push_back(MakeFinding(kInfo, server, note.word.span, std::move(message)));
    findings.back().detail = Quote(note.word.text);
  }
}

Findings Check(const Server& server, const Workspace&) {
  Findings findings;
  AddNotes(server.decl.notes, server, findings);
  for (const Launch& launch : server.launches) AddNotes(launch.notes, server, findings);
  return findings;
}

}  // namespace

const Rule kUnmodelledOption{kInfo, Check, nullptr};

}  // namespace sandlint
