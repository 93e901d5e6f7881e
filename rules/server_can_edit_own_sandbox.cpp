#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "server-can-edit-own-sandbox",
    .title = "A server can write the file that says what its sandbox is",
    .checklist_item = 1,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The profile, the settings, the wrapper script and the client's own config are read at the "
        "next start. A server that can write any of them chooses its own sandbox from then on, and "
        "what was reviewed is no longer what runs.",
    .fix =
        "Bind the file read-only over the writable directory, behind it in the line, or keep it "
        "outside of what the server may write.",
};

/// Files that decide what the sandbox of a launch is, the config first.
std::vector<const Source*> DefiningFiles(const Server& server, const Launch& launch) {
  std::vector<const Source*> files;
  const auto add = [&](const Span& span) {
    const bool file = span && !span.source->is_argv;
    if (file && std::find(files.begin(), files.end(), span.source) == files.end()) {
      files.push_back(span.source);
    }
  };
  add(server.decl.entry);
  for (const Layer& layer : launch.layers) {
    add(layer.program.span);
    if (layer.profile) add(layer.profile->text.span);
    for (const auto& directive : layer.directives) add(directive->keyword.span);
    for (const Mount& mount : layer.mounts) add(mount.option.span);
  }
  return files;
}

std::string OnHost(const Source& file, const Launch& launch) {
  if (file.path.starts_with('/')) return file.path;
  if (file.path.starts_with("~/") && !launch.grant.homes.empty()) {
    return launch.grant.homes.front() + file.path.substr(1);
  }
  return launch.grant.working_directory + "/" + file.path;
}

Findings Check(const Server& server, const Workspace& workspace) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch) || launch.grant.working_directory.empty()) return {};
    if (!WholeHomes(launch, workspace).empty()) return {};  // told by home-directory-visible
    std::vector<std::string> names;
    PathAnswer first;
    for (const Source* file : DefiningFiles(server, launch)) {
      PathAnswer answer = launch.grant.paths->OfHost(OnHost(*file, launch));
      if (answer.Has(Right::Write) != Answer::Yes) continue;
      if (names.empty()) first = answer;
      names.push_back(file->path);
    }
    if (names.empty()) return {};
    std::string message = fmt::format("'{}' can write {}, which says what its sandbox is{}",
                                      server.Name(), JoinSome(names, 3), WhenOf(launch));
    if (!first.because.empty()) message += ": " + WordsOf(first.because);
    Finding finding =
        MakeFinding(kInfo, server, PlaceOf(first.because, launch), std::move(message));
    finding.items = kNoItem;
    finding.confidence = first.confidence;
    finding.detail = JoinWords(names);
    AddRelated(finding, first.because, "decides what is writable");
    return {finding};
  });
}

}  // namespace

const Rule kServerCanEditOwnSandbox{kInfo, Check, nullptr};

}  // namespace sandlint
