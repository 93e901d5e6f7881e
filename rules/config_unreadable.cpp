#include <fmt/format.h>

#include <set>
#include <string>

#include "model/run.h"
#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "config-unreadable",
    .title = "A config cannot be read, or its client does not load it",
    .checklist_item = 0,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "What is not read is not checked: the servers of this file may be sandboxed, or not. A "
        "client that rejects the file starts none of them, whatever its author meant.",
    .fix =
        "Correct the file at the place named. Claude Code reads strict JSON: no comments, no "
        "trailing commas, UTF-8.",
};

/// The place of the problem, or the start of the file.
Span PlaceIn(const FileReport& file, const Workspace& workspace) {
  if (file.where) return file.where;
  for (const auto& source : workspace.sources) {
    if (source->path == file.path) return {source.get(), 0, 0};
  }
  return {};
}

Finding TellFile(const FileReport& file, const Workspace& workspace) {
  Finding finding;
  finding.rule = kInfo.id;
  finding.severity = kInfo.severity;
  const bool rejected = file.status == FileStatus::Rejected;
  finding.message = fmt::format("{} {}: {}", Quote(file.path),
                                !rejected               ? "was not analysed"
                                : file.kind == "policy" ? "is not understood"
                                                        : "is rejected by its client",
                                file.problem);
  finding.where = FirstLine(PlaceIn(file, workspace));
  finding.file = file.path;
  finding.detail = file.path;
  return finding;
}

bool IsBad(FileStatus status) {
  return status == FileStatus::Rejected || status == FileStatus::Unreadable;
}

/// Entries of a file that is rejected as a whole are told with the file.
bool FileIsBad(const Server& server, const std::set<std::string>& bad) {
  return server.decl.entry && bad.count(server.decl.entry.source->path) != 0;
}

Findings Check(const Workspace& workspace) {
  Findings findings;
  std::set<std::string> bad;
  for (const FileReport& file : workspace.files) {
    if (!IsBad(file.status) || file.kind == kLaunchReport) continue;  // told by unmodelled-option
    if (!bad.insert(file.path).second) continue;
    findings.push_back(TellFile(file, workspace));
  }
  for (const Server& server : workspace.servers) {
    if (server.decl.loads || FileIsBad(server, bad)) continue;
    findings.push_back(MakeFinding(
        kInfo, server, server.decl.entry,
        fmt::format("its client does not load '{}': {}", server.Name(), server.decl.why_not)));
    if (!server.decl.malformed) findings.back().severity = Severity::Warning;
  }
  return findings;
}

}  // namespace

const Rule kConfigUnreadable{kInfo, nullptr, Check};

}  // namespace sandlint
