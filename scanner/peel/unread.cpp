#include "scanner/peel/unread.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace sandlint {

void ReportUnread(const std::string& path, std::string problem, const PeelContext& context) {
  if (context.workspace == nullptr) return;
  std::vector<FileReport>& files = context.workspace->files;
  const auto same = [&](const FileReport& file) {
    return file.path == path && file.status == FileStatus::Unreadable;
  };
  if (std::ranges::any_of(files, same)) return;
  files.push_back({path, "launch-file", FileStatus::Unreadable, std::move(problem), {}});
}

void ReportUnread(const std::string& path, const ReadResult& result, const PeelContext& context) {
  switch (result.status) {
    case ReadStatus::Ok:
    case ReadStatus::Missing:
    case ReadStatus::IsDirectory:
      return;
    default:
      ReportUnread(path, result.problem, context);
  }
}

}  // namespace sandlint
