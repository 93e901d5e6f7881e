#include "scanner/grant/srt_paths.h"

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::size_t kMaxWalked = 50'000;

/// Does a link lead somewhere that its setting did not name (up, or to another place)? srt compares
/// with the setting as it is without its `..` (observed with 0.0.78).
bool LeadsAway(const std::string& path, const std::string& real) {
  return !IsBelow(real, CleanPath(path));
}

}  // namespace

bool IsStrictlyBelow(std::string_view path, std::string_view directory) {
  return path != directory && IsBelow(path, directory);
}

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

bool IsSrtGlob(std::string_view pattern) {
  return pattern.find_first_of("*?[]") != std::string_view::npos;
}

std::string WithoutTail(std::string pattern) {
  if (pattern.ends_with("/**")) pattern.resize(pattern.size() - 3);
  return pattern.empty() ? "/" : pattern;
}

std::optional<std::string> SrtPaths::Real(std::string_view path, bool* denied) const {
  if (path.empty()) return std::nullopt;
  return outside_.Realpath(path, &outside_.Caller(), denied);
}

bool SrtPaths::IsDirectory(std::string_view path) const {
  const auto real = Real(path);
  const auto object = real ? outside_.Lstat(*real) : std::nullopt;
  return object && object->kind == NodeKind::Directory;
}

std::string SrtPaths::NameLocation(const std::string& path) const {
  if (path == "/") return path;
  return JoinPath(Canonical(ParentOf(path)), path.substr(path.find_last_of('/') + 1));
}

std::string SrtPaths::Expand(std::string_view setting) const {
  if (setting == "~") return home();
  if (setting.starts_with("~/")) return home() + std::string(setting.substr(1));
  if (setting.starts_with('/')) return std::string(setting);
  // Of the spellings only a relative one loses its `..` by name here.
  return CleanPath(cwd_ + "/" + std::string(setting));
}

std::string SrtPaths::Normal(std::string_view setting) const {
  std::string path = Expand(setting);
  for (const std::string_view twice : {"//", "/./"}) {
    for (std::size_t at = path.find(twice); at != std::string::npos; at = path.find(twice)) {
      path.erase(at, twice.size() - 1);
    }
  }
  while (path.ends_with("/.")) path.resize(path.size() - 2);
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (path.empty()) path = "/";
  const auto real = Real(path);
  return real && !LeadsAway(path, *real) ? *real : path;
}

std::string SrtPaths::NormalPattern(std::string_view pattern) const {
  const std::string path = Expand(pattern);
  const std::size_t wild = path.find_first_of("*?[]");
  const std::size_t slash = path.rfind('/', wild);
  if (slash == std::string::npos || slash == 0) return path;
  const std::string base = path.substr(0, slash);
  const auto real = Real(base);
  return (real && !LeadsAway(base, *real) ? *real : base) + path.substr(slash);
}

std::optional<std::string> SrtPaths::WhereMade(const std::string& path) const {
  if (const auto real = Real(path)) return real;
  // The deepest part that is there, resolved, and the rest as it is written.
  for (std::string above = ParentOf(path);; above = ParentOf(above)) {
    if (const auto real = Real(above)) {
      return JoinPath(*real, RelativeTo(path, above));
    }
    if (above == "/") return std::nullopt;
  }
}

std::vector<std::string> SrtPaths::Walk(const std::string& directory, int depth,
                                        std::vector<std::string>* unlisted) const {
  std::vector<std::string> found;
  std::vector<std::pair<std::string, int>> pending{{directory, 0}};
  while (!pending.empty() && found.size() < kMaxWalked) {
    const auto [at, level] = pending.back();
    pending.pop_back();
    const auto object = outside_.Lstat(at);
    if (!object || object->kind != NodeKind::Directory || level >= depth) continue;
    if (object->certain && !PermissionsOf(*object, outside_.Caller()).Has(Right::Read)) {
      if (unlisted != nullptr) unlisted->push_back(at);
      continue;
    }
    for (const std::string& name : outside_.List(at)) {
      found.push_back(JoinPath(at, name));
      pending.emplace_back(found.back(), level + 1);
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace sandlint
