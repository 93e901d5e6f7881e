#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "command-not-visible",
    .title = "A sandbox hides the program that it is to start",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The sandbox starts, then finds no program or script to run: the server never "
        "answers, and the usual repair is to take the sandbox away.",
    .fix = "Bind the program, its interpreter and its script read-only.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* program = ProgramOf(launch);
    const Layer* sandbox = SandboxOf(launch);
    if (program == nullptr || sandbox == nullptr || sandbox->root != RootKind::Empty) return {};
    if (!program->package || program->package->ecosystem != "file") return {};
    const Word& script = program->package->word;
    if (!script.text.starts_with('/') || !script.Known()) return {};
    const PathAnswer answer = launch.grant.paths->Inside(script.text);
    if (answer.Has(Right::Read) != Answer::No) return {};
    Finding finding = MakeFinding(
        kInfo, server, script.span,
        fmt::format("'{}' cannot start: its sandbox shows no {}.", server.Name(), script.text));
    finding.related.push_back({sandbox->program.span, "the sandbox"});
    return {finding};
  });
}

}  // namespace

const Rule kCommandNotVisible{kInfo, Check, nullptr};

}  // namespace sandlint
