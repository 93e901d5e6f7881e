#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "sandbox-does-not-start",
    .title = "A launch stops before the server starts",
    .checklist_item = 1,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A sandbox that refuses its own words protects nothing: the usual repair is to take it "
        "away, "
        "and what was reviewed never ran.",
    .fix = "Correct the word that the tool refuses, then start the server once by hand.",
};

/// What a word does is not known, and so told by unmodelled-option.
bool IsNoted(const Word& word, const Launch& launch) {
  return std::any_of(launch.notes.begin(), launch.notes.end(), [&](const Note& note) {
    return note.support != Support::Irrelevant && note.word.span == word.span;
  });
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    Findings findings;
    for (const StartProblem& problem : launch.start_problems) {
      if (problem.fatal == Answer::No) continue;
      if (problem.fatal == Answer::Unknown && IsNoted(problem.word, launch)) continue;
      const bool sure = problem.fatal == Answer::Yes;
      std::string message =
          fmt::format("'{}' {} start{}: {}", server.Name(), sure ? "does not" : "may not",
                      WhenOf(launch), problem.text);
      findings.push_back(MakeFinding(kInfo, server, problem.word.span, std::move(message)));
      findings.back().confidence = sure ? Confidence::High : Confidence::Low;
      findings.back().detail = problem.text;
      if (sure) return {findings.back()};  // it stops at the first
    }
    return findings;
  });
}

}  // namespace

const Rule kSandboxDoesNotStart{kInfo, Check, nullptr};

}  // namespace sandlint
