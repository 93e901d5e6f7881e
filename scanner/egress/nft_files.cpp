#include "scanner/egress/nft_files.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::size_t kMostMatches = 1000;

bool IsPattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

std::string Joined(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

/// Every path that matches the components of `pattern` from `directory` on.
void Glob(const FileReader& reader, const std::string& directory, std::string_view pattern,
          std::vector<std::string>& out) {
  if (out.size() >= kMostMatches) return;
  const std::size_t slash = pattern.find('/');
  const std::string part(pattern.substr(0, slash));
  const bool last = slash == std::string_view::npos;
  if (part.empty() || part == ".") {
    if (!last) Glob(reader, directory, pattern.substr(slash + 1), out);
    return;
  }
  if (!IsPattern(part)) {
    const std::string path = Joined(directory, part);
    if (!last) return Glob(reader, path, pattern.substr(slash + 1), out);
    if (reader.Exists(path)) out.push_back(path);
    return;
  }
  for (const DirectoryEntry& entry : reader.List(directory)) {
    if (entry.name.starts_with('.') && !part.starts_with('.')) continue;
    if (fnmatch(part.c_str(), entry.name.c_str(), 0) != 0) continue;
    const std::string path = Joined(directory, entry.name);
    if (last && !entry.is_directory) out.push_back(path);
    if (!last && entry.is_directory) Glob(reader, path, pattern.substr(slash + 1), out);
  }
}

/// Where a pattern is looked for, the first that finds something counts.
std::vector<std::string> Places(std::string_view pattern, const Source& from) {
  if (pattern.starts_with('/')) return {std::string(pattern.substr(1))};
  if (!pattern.starts_with('.')) return {fmt::format("etc/{}", pattern)};
  std::vector<std::string> out{std::string(pattern)};
  const std::size_t slash = from.path.rfind('/');
  if (slash != std::string::npos) {
    out.push_back(fmt::format("{}/{}", from.path.substr(0, slash), pattern));
  }
  return out;
}

}  // namespace

NftIncluder IncludesFrom(const FileReader& reader, Workspace& workspace) {
  return [&reader, &workspace](std::string_view pattern, const Source& from) {
    NftIncluded out;
    std::vector<std::string> paths;
    for (const std::string& place : Places(pattern, from)) {
      if (paths.empty()) Glob(reader, "", place, paths);
    }
    std::ranges::sort(paths);
    out.found = !paths.empty() || IsPattern(pattern);
    for (const std::string& path : paths) {
      ReadResult read = reader.Read(path);
      if (read.status != ReadStatus::Ok) {
        out.found = false;
        out.note = fmt::format("{} cannot be read: {}", path, read.problem);
        continue;
      }
      out.sources.push_back(&workspace.Add(path, std::move(read.text)));
    }
    return out;
  };
}

}  // namespace sandlint
