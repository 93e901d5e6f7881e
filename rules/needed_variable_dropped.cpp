#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/shortfall.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "needed-variable-dropped",
    .title = "A layer drops a variable that its server needs",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The server does not start or cannot log in without it, and the usual repair is to pass "
        "the whole environment on.",
    .fix = "Pass exactly this variable on.",
};

/// npm ends without a home directory, which it takes from the variable or from /etc/passwd, and
/// its shell finds no program without a PATH (observed with npm 10).
std::vector<std::string> OfLauncher(const Launch& launch) {
  std::vector<std::string> names;
  if (!RunsOn(launch, {"npx", "npm"})) return names;
  names.emplace_back("PATH");
  if (IsHidden(launch, "/etc/passwd")) names.emplace_back("HOME");
  return names;
}

std::string GrantFor(const Layer* sandbox, const std::string& name) {
  if (sandbox != nullptr && sandbox->kind == LayerKind::Container) return "--env=" + name;
  return fmt::format("{0}=\"${0}\" behind the env that empties the rest", name);
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    Findings findings;
    const auto add = [&](const std::string& name, std::string_view who) {
      const Variable variable = launch.grant.environment.own.Find(name);
      if (variable.presence != Presence::Absent) return;
      Finding finding = MakeFinding(kInfo, server, PlaceOf(variable.because, launch),
                                    fmt::format("'{}' needs {} ({}) and gets no such variable",
                                                server.Name(), Quote(name), who));
      finding.confidence = Confidence::Medium;
      finding.detail = Quote(name);
      finding.fix = fmt::format("Add {}.", GrantFor(SandboxOf(launch), name));
      AddRelated(finding, variable.because, "what drops it");
      findings.push_back(std::move(finding));
    };
    for (const NeededVariable& variable : server.need.variables) {
      if (variable.required) add(variable.name, server.need.origin);
    }
    for (const std::string& name : OfLauncher(launch)) add(name, "its launcher");
    return findings;
  });
}

}  // namespace

const Rule kNeededVariableDropped{kInfo, Check, nullptr};

}  // namespace sandlint
