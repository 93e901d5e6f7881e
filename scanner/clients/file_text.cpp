#include "scanner/clients/file_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/parallel.h"

namespace sandlint {

ClientFile::ClientFile(const FoundFile& found, const FileReader& files, Workspace& workspace,
                       ParsedFile parsed)
    : files_(files), workspace_(workspace), report_(workspace.files.size()) {
  const std::size_t slash = found.path.find_last_of('/');
  if (slash != std::string::npos) directory_ = found.path.substr(0, slash);
  workspace.files.push_back({found.path, NameOf(found.kind), FileStatus::Read, {}, {}});
  if (parsed.source == nullptr) {
    workspace.files[report_].status = FileStatus::Unreadable;
    workspace.files[report_].problem = std::move(parsed.read.problem);
    return;
  }
  source_ = parsed.source.get();
  json_ = std::move(parsed.json);
  workspace.sources.push_back(std::move(parsed.source));
}

ClientFile ClientFile::Other(const FoundFile& found) const {
  return {found, files_, workspace_, std::move(ReadAndParse({&found, 1}, files_).front())};
}

void ClientFile::Take(const Document& document) {
  for (const DuplicateKey& key : document.duplicates) workspace_.duplicate_keys.push_back(key);
  if (document.Ok()) return;
  const ParseProblem& first = document.problems.front();
  Reject(first.text, first.where);
  // What cannot be read to its end has not been analysed.
  workspace_.files[report_].status = FileStatus::Unreadable;
}

Document ClientFile::ParsedJson() {
  Document document = json_ ? std::move(*json_) : ParseJson(*source_);
  json_.reset();
  return document;
}

Document ClientFile::ReadLenientJson() {
  Document document = ParsedJson();
  Take(document);
  return document;
}

Document ClientFile::ReadToml() {
  Document document = ParseToml(*source_);
  Take(document);
  return document;
}

void ClientFile::Ignore() { workspace_.files[report_].status = FileStatus::Ignored; }

const Source* ClientFile::Beside(const std::string& path) {
  if (path.empty() || !files_.Exists(path)) return nullptr;
  ReadResult result = files_.Read(path);
  if (result.status != ReadStatus::Ok) return nullptr;
  return &workspace_.Add(path, std::move(result.text));
}

Document ClientFile::ReadStrictJson() {
  Document document = ParsedJson();
  Take(document);
  if (!document.Ok()) return document;
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

std::vector<ParsedFile> ReadAndParse(std::span<const FoundFile> found, const FileReader& files) {
  constexpr std::size_t kMostFiles = 64;
  constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  std::vector<ParsedFile> parsed;
  std::size_t bytes = 0;
  for (const FoundFile& one : found.first(std::min(found.size(), kMostFiles))) {
    if (bytes > kMostBytes) break;
    ParsedFile file;
    file.read = files.Read(one.path);
    if (file.read.status == ReadStatus::Ok) {
      bytes += file.read.text.size();
      file.source = std::make_unique<Source>(Source{one.path, std::move(file.read.text), false});
    }
    parsed.push_back(std::move(file));
  }
  InParallel(parsed.size(), [&](std::size_t index) {
    const bool json = parsed[index].source != nullptr && found[index].path.ends_with(".json");
    if (json) parsed[index].json = ParseJson(*parsed[index].source);
  });
  return parsed;
}

bool ClientFile::rejected() const { return workspace_.files[report_].status != FileStatus::Read; }

const std::string& ClientFile::problem() const { return workspace_.files[report_].problem; }

}  // namespace sandlint
