#include "cli/roots.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "cli/console.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

/// A name that is always that of a config file: a directory that bears it is one that cannot be
/// read.
bool IsConfigName(const fs::path& path) { return path.filename() == ".mcp.json"; }

bool IsBelow(const fs::path& path, const fs::path& directory) {
  const fs::path relative = path.lexically_relative(directory);
  return !relative.empty() && *relative.begin() != "..";
}

/// Without a trailing slash, so that the last component is a name.
fs::path Clean(const fs::path& path) {
  fs::path clean = path.lexically_normal();
  if (!clean.has_filename() && clean.has_parent_path() && clean != clean.root_path()) {
    clean = clean.parent_path();
  }
  return clean;
}

fs::path RootOfFile(const fs::path& file) {
  const fs::path directory = file.parent_path();
  if (const std::string repository = RepositoryAround(directory.string()); !repository.empty()) {
    return repository;
  }
  std::error_code error;
  const fs::path working = fs::current_path(error);
  return !error && IsBelow(file, working) ? working : directory;
}

void AddFile(std::vector<Root>& roots, const fs::path& file) {
  const std::string directory = RootOfFile(file).string();
  auto root = std::ranges::find(roots, directory, &Root::directory);
  if (root == roots.end() || root->paths.empty()) {
    root = roots.insert(roots.end(), {directory, fs::path(directory).filename().string(), {}});
  }
  root->paths.push_back(file.lexically_relative(directory).generic_string());
}

void AddPath(std::vector<Root>& roots, const std::string& typed,
             std::vector<std::string>& problems) {
  std::error_code error;
  const fs::path path = Clean(fs::absolute(typed, error));
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status) && !IsConfigName(path)) {
    roots.push_back({path.string(), typed, {}});
    return;
  }
  // A link that leads nowhere is there: its reader reports it.
  if (fs::exists(fs::symlink_status(path, error))) return AddFile(roots, path);
  problems.push_back(fmt::format(
      "{}: no such file or directory; name a file or a directory to check", Visible(typed)));
}

}  // namespace

std::string RepositoryAround(const std::string& directory) {
  std::error_code error;
  for (fs::path at = directory; !at.empty(); at = at.parent_path()) {
    if (fs::exists(fs::symlink_status(at / ".git", error))) return at.string();
    if (at == at.root_path()) break;
  }
  return {};
}

std::vector<Root> RootsOf(const std::vector<std::string>& paths,
                          std::vector<std::string>& problems) {
  std::vector<Root> roots;
  for (const std::string& path : paths) AddPath(roots, path, problems);
  return roots;
}

}  // namespace sandlint
