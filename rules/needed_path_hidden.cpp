#include <fmt/format.h>

#include <string>
#include <vector>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/shortfall.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "needed-path-hidden",
    .title = "A sandbox hides a path that its server works on",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The server is known to read or write this path. It fails at its start or at the first "
        "call, and the usual repair is to show it far more than that.",
    .fix = "Show exactly this path, writable only where the server writes.",
};

/// A needed path with its place inside.
struct Place {
  std::string path;
  Span span;
};

/// The arguments of a server that are paths; a relative one is looked for in the working directory.
std::vector<Place> PathArguments(const Launch& launch) {
  std::vector<Place> places;
  const Layer* program = ProgramOf(launch);
  if (program == nullptr || program->kind == LayerKind::Opaque) return places;
  for (std::size_t index = 1; index < program->words.size(); ++index) {
    const Word& word = program->words[index];
    if (!word.Known()) continue;
    if (word.text.starts_with('/')) places.push_back({word.text, word.span});
    if (word.text == ".") places.push_back({launch.grant.working_directory, word.span});
  }
  return places;
}

std::vector<Place> PlacesOf(const NeededPath& needed, const Launch& launch) {
  const std::string& path = needed.path;
  if (path == "@args") return PathArguments(launch);
  if (path == "@cwd") return {{launch.grant.working_directory, {}}};
  if (path.starts_with("~/") && !launch.grant.homes.empty() && path.find('*') == path.npos) {
    return {{launch.grant.homes.front() + path.substr(1), {}}};
  }
  if (path.starts_with('/') && path.find('*') == path.npos) return {{path, {}}};
  return {};
}

/// What is not on the machine is not hidden. A launcher's cache is made where it is missing.
bool IsThere(const HostFacts& host, const std::string& path) {
  return host.Lstat(path).has_value();
}

/// Named by the launch itself: it is meant to be there, on whatever machine.
bool IsNamed(const NeededPath& needed) { return needed.path.starts_with('@'); }

Findings Check(const Server& server, const Workspace& workspace) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* sandbox = InnermostSandbox(launch);
    Findings findings;
    if (sandbox == nullptr) return findings;
    for (const NeededPath& needed : server.need.paths) {
      for (const Place& place : PlacesOf(needed, launch)) {
        const PathAnswer answer = launch.grant.paths->Inside(place.path);
        if (answer.Has(Right::Read) != Answer::No) continue;
        if (!IsNamed(needed) && !IsThere(*workspace.host, place.path)) continue;
        Finding finding = MakeFinding(
            kInfo, server, place.span ? place.span : sandbox->program.span,
            fmt::format("'{}' needs {} ({}) and its sandbox hides it", server.Name(),
                        Quote(Tilde(place.path, launch.grant.homes)), server.need.origin));
        finding.confidence = Confidence::Medium;
        finding.detail = Quote(place.path);
        finding.fix =
            fmt::format("Add {}.", Quote(GrantOf(*sandbox, answer, place.path, needed.write)));
        AddRelated(finding, answer.because, "what decides");
        findings.push_back(std::move(finding));
      }
    }
    return findings;
  });
}

}  // namespace

const Rule kNeededPathHidden{kInfo, Check, nullptr};

}  // namespace sandlint
