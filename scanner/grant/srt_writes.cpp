// What srt keeps from being written on Linux: the settings' own denies, and files that would run
// code outside (observed with 0.0.78: those of the working directory whether they exist or not,
// others only where they exist down to a depth of three).

#include <algorithm>
#include <array>

#include "scanner/grant/srt_mounts.h"

namespace sandlint {
namespace {

constexpr auto kFiles =
    std::to_array<std::string_view>({".gitconfig", ".gitmodules", ".bashrc", ".bash_profile",
                                     ".zshrc", ".zprofile", ".profile", ".ripgreprc", ".mcp.json"});
constexpr auto kFolders =
    std::to_array<std::string_view>({".vscode", ".idea", ".claude/commands", ".claude/agents"});
constexpr auto kIgnoreFiles =
    std::to_array<std::string_view>({".gitignore", ".ignore", ".rgignore"});

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

}  // namespace

/// The nested ones are found by ripgrep, which obeys ignore files: where there are any, what it
/// finds is not known, and nothing counts as protected. A folder that it may not list ends it with
/// an error, after which srt protects none of them (observed with 0.0.78).
void SrtMounts::AddNested(std::vector<SrtPath>& denies) const {
  std::vector<std::string> unlisted;
  const std::vector<std::string> found =
      paths_.Walk(paths_.cwd(), settings_.search_depth, &unlisted);
  if (!unlisted.empty()) return;
  for (std::string above = paths_.cwd();; above = ParentOf(above)) {
    for (const std::string_view name : kIgnoreFiles) {
      if (paths_.Exists(JoinPath(above, name))) return;
    }
    if (above == "/") break;
  }
  const auto add = [&](std::string path) { denies.push_back({std::move(path), cause_}); };
  for (const std::string& path : found) {
    if (std::ranges::find(kIgnoreFiles, BaseName(path)) != kIgnoreFiles.end()) return;
  }
  for (const std::string& path : found) {
    const auto object = paths_.outside().Lstat(path);
    if (!object || object->kind != NodeKind::File) continue;
    const std::string below = Lower(RelativeTo(path, paths_.cwd()));
    if (("/" + below).find("/node_modules/") != std::string::npos) continue;
    const std::string slashed = "/" + below;
    for (const char* folder : {".vscode", ".idea"}) {
      const std::size_t at = slashed.find("/" + std::string(folder) + "/");
      if (at != std::string::npos) {
        add(JoinPath(paths_.cwd(),
                     RelativeTo(path, paths_.cwd()).substr(0, at + std::string(folder).size())));
      }
    }
    for (const char* folder : {"/.claude/commands/", "/.claude/agents/"}) {
      if (slashed.find(folder) != std::string::npos) add(path);
    }
    const std::size_t hooks = path.find("/.git/hooks/", paths_.cwd().size());
    if (hooks != std::string::npos) add(path.substr(0, hooks + 11));
    if (!settings_.allow_git_config && path.ends_with("/.git/config")) add(path);
    const std::string name = Lower(BaseName(path));
    if (std::ranges::find(kFiles, name) != kFiles.end()) add(path);
  }
}

std::vector<SrtPath> SrtMounts::MandatoryDenies() const {
  std::vector<SrtPath> denies;
  const std::string& cwd = paths_.cwd();
  for (const std::string_view name : kFiles) denies.push_back({JoinPath(cwd, name), cause_});
  for (const std::string_view name : kFolders) denies.push_back({JoinPath(cwd, name), cause_});
  if (paths_.IsDirectory(JoinPath(cwd, ".git"))) {
    denies.push_back({JoinPath(cwd, ".git/hooks"), cause_});
    if (!settings_.allow_git_config) denies.push_back({JoinPath(cwd, ".git/config"), cause_});
  }
  AddNested(denies);
  return denies;
}

void SrtMounts::DenyWrites() {
  std::vector<SrtPath> denies = Literals(settings_.deny_write, true);
  for (SrtPath& path : MandatoryDenies()) denies.push_back(std::move(path));
  for (SrtPath& deny : denies) deny.path = paths_.Normal(deny.path);
  for (const SrtPath& deny : denies) {
    const auto real = paths_.WhereMade(deny.path);
    if (!real || real->starts_with("/dev/") || deny.path.starts_with("/dev/")) continue;
    if (paths_.IsDirectory(*real) && MayWrite(*real)) read_only_[*real].insert(deny.path);
  }
  std::set<std::string> seen;
  for (const SrtPath& deny : denies) DenyWrite(deny, seen);
}

/// Could something below a denied directory be writable all the same?
bool SrtMounts::IsUnsafe(const std::string& directory) const {
  for (const ReadDeny& deny : plan_) {
    if (!deny.is_directory) continue;
    const bool writes = std::ranges::any_of(writes_, [&](const SrtPath& write) {
      return IsStrictlyBelow(write.path, directory) && IsBelow(write.path, deny.landing);
    });
    if (writes || IsBelow(directory, deny.landing)) return true;
    for (const std::string& spelling : read_only_.at(directory)) {
      if (IsBelow(spelling, deny.landing)) return true;
    }
  }
  return false;
}

bool SrtMounts::IsCovered(const std::string& path) const {
  if (guessed_) return false;
  bool covered = false;
  for (const auto& [directory, spellings] : read_only_) {
    if (!IsStrictlyBelow(path, directory)) continue;
    if (IsUnsafe(directory)) {
      if (directory != "/") return false;
      covered = covered || std::ranges::none_of(plan_, [&](const ReadDeny& deny) {
                  return deny.is_directory && IsBelow(path, deny.landing);
                });
      continue;
    }
    covered = true;
  }
  return covered;
}

void SrtMounts::DenyWrite(const SrtPath& deny, std::set<std::string>& seen) {
  if (deny.path.starts_with("/dev/")) return;
  const auto real = paths_.WhereMade(deny.path);
  if (!real || real->starts_with("/dev/") || !seen.insert(*real).second) return;
  if (!paths_.Exists(*real)) {
    DenyMissing(*real, deny);
  } else if (MayWrite(*real) && !(deny.path == *real && IsCovered(*real))) {
    denied_.push_back({*real, *real, deny.path, deny.word, false});
  }
}

/// What does not exist is kept from being made: something lies on the first part that is missing.
void SrtMounts::DenyMissing(const std::string& path, const SrtPath& deny) {
  std::string above = ParentOf(path);
  std::string missing = path;
  while (above != "/" && !paths_.Exists(above)) {
    missing = above;
    above = ParentOf(above);
  }
  if (!paths_.IsDirectory(above)) return;  // nothing can be made below a file
  if ((!MayWrite(above) && !MayWrite(path)) || IsCovered(path)) return;
  const bool folder = missing != path;
  if (const auto same = placeholders_.find(missing); same != placeholders_.end()) {
    if (folder) denied_[same->second].empty_directory = true;
    return;
  }
  placeholders_.emplace(missing, denied_.size());
  denied_.push_back({"/dev/null", missing, deny.path, deny.word, folder});
}

}  // namespace sandlint
