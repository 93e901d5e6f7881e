#include "scanner/clients/file_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace sandlint {

ClientFile::ClientFile(const FoundFile& found, const FileReader& files, Workspace& workspace)
    : files_(files), workspace_(workspace), report_(workspace.files.size()) {
  const std::size_t slash = found.path.find_last_of('/');
  if (slash != std::string::npos) directory_ = found.path.substr(0, slash);
  workspace.files.push_back({found.path, NameOf(found.kind), FileStatus::Read, {}, {}});
  ReadResult result = files.Read(found.path);
  if (result.status != ReadStatus::Ok) {
    workspace.files[report_].status = FileStatus::Unreadable;
    workspace.files[report_].problem = std::move(result.problem);
    return;
  }
  source_ = &workspace.Add(found.path, std::move(result.text));
}

Document ClientFile::ReadStrictJson() {
  Document document = ParseJson(*source_);
  for (const DuplicateKey& key : document.duplicates) workspace_.duplicate_keys.push_back(key);
  if (!document.Ok()) {
    const ParseProblem& first = document.problems.front();
    Reject(first.text, first.where);
    // What cannot be read to its end has not been analysed.
    workspace_.files[report_].status = FileStatus::Unreadable;
    return document;
  }
  for (const ExtensionUse& use : document.extensions) {
    if (use.extension == Extension::ByteOrderMark) continue;
    Reject(fmt::format("{} is not JSON: the client rejects the whole file",
                       use.extension == Extension::Comment ? "a comment" : "a trailing comma"),
           use.where);
    break;
  }
  return document;
}

void ClientFile::Reject(std::string problem, Span where) {
  FileReport& report = workspace_.files[report_];
  if (report.status != FileStatus::Read) return;
  report.status = FileStatus::Rejected;
  report.problem = std::move(problem);
  report.where = where;
}

bool ClientFile::Known(const std::string& path) const {
  return std::ranges::any_of(workspace_.files,
                             [&](const FileReport& report) { return report.path == path; });
}

bool ClientFile::rejected() const { return workspace_.files[report_].status != FileStatus::Read; }

const std::string& ClientFile::problem() const { return workspace_.files[report_].problem; }

}  // namespace sandlint
