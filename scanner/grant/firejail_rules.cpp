// The rules that follow the whitelists, in the order of the profile: blacklist, read-only,
// read-write, noexec, tmpfs, bind. Each is looked up as the sandbox stands at that moment.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/grant/firejail_setup.h"
#include "scanner/grant/glob.h"

namespace sandlint {
namespace {

constexpr auto kPath = std::to_array<std::string_view>(
    {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"});
constexpr std::size_t kMaxMatches = 20'000;

struct FolderMacro {
  std::string_view name;
  std::string_view xdg;
  std::array<std::string_view, 7> folders;
};
constexpr auto kFolders = std::to_array<FolderMacro>({
    {"${DOWNLOADS}",
     "XDG_DOWNLOAD_DIR=\"$HOME/",
     {"Downloads", "Загрузки", "Téléchargement", "Scaricati", "Descargas"}},
    {"${MUSIC}",
     "XDG_MUSIC_DIR=\"$HOME/",
     {"Music", "Музыка", "Musique", "Musica", "Música", "Musik"}},
    {"${VIDEOS}", "XDG_VIDEOS_DIR=\"$HOME/", {"Videos", "Видео", "Vidéos", "Video", "Vídeos"}},
    {"${PICTURES}",
     "XDG_PICTURES_DIR=\"$HOME/",
     {"Pictures", "Изображения", "Photos", "Immagini", "Imágenes", "Imagens", "Bilder"}},
    {"${DESKTOP}",
     "XDG_DESKTOP_DIR=\"$HOME/",
     {"Desktop", "Рабочий стол", "Bureau", "Scrivania", "Escritorio", "Área de trabalho",
      "Schreibtisch"}},
    {"${DOCUMENTS}",
     "XDG_DOCUMENTS_DIR=\"$HOME/",
     {"Documents", "Документы", "Documenti", "Documentos", "Dokumente"}},
});

/// The folder that user-dirs.dirs gives, relative to the home.
std::string FromUserDirs(std::string_view text, std::string_view key) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with(key)) continue;
    line.remove_prefix(key.size());
    return std::string(line.substr(0, line.find('"')));
  }
  return {};
}

}  // namespace

std::string FirejailSetup::ExpandFolder(std::string_view macro) const {
  const auto row = std::ranges::find(kFolders, macro, &FolderMacro::name);
  if (row == kFolders.end()) return std::string(macro);
  const View& outside = view_.Outside();
  if (const auto text = outside.Host().ReadText(home_ + "/.config/user-dirs.dirs")) {
    const std::string folder = FromUserDirs(*text, row->xdg);
    if (!folder.empty() && outside.Realpath(JoinPath(home_, folder), nullptr)) {
      return JoinPath(home_, folder);
    }
  }
  for (const std::string_view folder : row->folders) {
    if (!folder.empty() && outside.Realpath(JoinPath(home_, folder), nullptr)) {
      return JoinPath(home_, folder);
    }
  }
  return std::string(macro);
}

std::string FirejailSetup::Expand(std::string_view path) const {
  if (path.starts_with("${HOME}")) return home_ + std::string(path.substr(7));
  if (path.starts_with("~")) return home_ + std::string(path.substr(1));
  if (path.starts_with("${CFG}")) return "/etc/firejail" + std::string(path.substr(6));
  if (path.starts_with("${RUNUSER}")) return run_user_ + std::string(path.substr(10));
  return path.starts_with("${") ? ExpandFolder(path) : std::string(path);
}

/// glob(3) with GLOB_PERIOD over the sandbox as it stands, by the user's permissions.
std::vector<std::string> FirejailSetup::Glob(const std::string& pattern) const {
  std::vector<std::string> found{pattern.starts_with('/') ? "" : "."};
  for (std::size_t at = 0; at <= pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', at), pattern.size());
    const std::string part = pattern.substr(at, end - at);
    at = end + 1;
    if (part.empty() && end < pattern.size()) continue;
    std::vector<std::string> next;
    for (const std::string& base : found) {
      if (!HasWildcard(part)) {
        next.push_back(base + '/' + part);
        continue;
      }
      const auto real = Real(base.empty() ? "/" : base);
      const auto folder = real ? tree_.Lstat(*real) : std::nullopt;
      if (!folder || folder->kind != NodeKind::Directory) continue;
      if (!PermissionsOf(*folder, view_.credentials).Has(Right::Read)) continue;
      // Only the last component matches a leading dot by a wildcard (observed).
      const bool dots = end == pattern.size() || part.starts_with('.');
      const auto matches = [&](std::string_view name) {
        return (dots || !name.starts_with('.')) && MatchesPath(part, name);
      };
      for (const std::string& name : tree_.List(*real, matches)) next.push_back(base + '/' + name);
      for (const char* name : {".", ".."}) {
        if (matches(name)) next.push_back(base + '/' + name);
      }
      if (next.size() > kMaxMatches) break;
    }
    found = std::move(next);
  }
  std::erase_if(found, [&](const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    const auto parent = Real(slash == 0 ? "/" : std::string_view(path).substr(0, slash));
    const std::string name = path.substr(slash + 1);
    if (!parent) return true;
    return !name.empty() && name != "." && name != ".." && !tree_.Lstat(JoinPath(*parent, name));
  });
  return found;
}

/// The spellings of a path that a rule is applied to: firejail compares these, not what they lead
/// to, with noblacklist.
std::vector<std::string> FirejailSetup::Spellings(const FirejailEntry& entry) {
  std::vector<std::string> patterns;
  if (entry.path.starts_with("${PATH}")) {
    for (const std::string_view folder : kPath) {
      patterns.push_back(std::string(folder) + entry.path.substr(7));
    }
  } else {
    patterns.push_back(Expand(entry.path));
  }
  std::vector<std::string> spellings;
  for (std::string& pattern : patterns) {
    if (!HasWildcard(pattern)) {
      spellings.push_back(std::move(pattern));
      continue;
    }
    const bool relative = !pattern.starts_with('/');
    std::vector<std::string> found =
        Glob(relative ? JoinPath(working_directory_, pattern) : pattern);
    if (found.empty()) spellings.push_back(pattern);
    for (std::string& path : found) {
      if (relative) path.erase(0, std::min(path.size(), working_directory_.size() + 1));
      spellings.push_back(std::move(path));
    }
  }
  return spellings;
}

bool FirejailSetup::Exempt(const std::string& path) const {
  if (exempt_.contains(path)) return true;
  return std::ranges::any_of(
      exempt_patterns_, [&](const std::string& pattern) { return MatchesPath(pattern, path); });
}

void FirejailSetup::Rules() {
  for (const FirejailEntry& entry : entries_) {
    switch (entry.rule) {
      case FirejailRule::Whitelist:
      case FirejailRule::NoWhitelist:
        break;
      case FirejailRule::NoBlacklist:
        if (entry.path.starts_with("${PATH}")) {
          for (const std::string_view folder : kPath) {
            const std::string path = std::string(folder) + entry.path.substr(7);
            if (HasWildcard(path)) exempt_patterns_.push_back(path);
            exempt_[path] = true;
          }
        } else {
          const std::string path = Expand(entry.path);
          if (HasWildcard(path)) exempt_patterns_.push_back(path);
          exempt_[path] = true;
        }
        break;
      case FirejailRule::Bind:
        BindRule(entry);
        break;
      default:
        Rule(entry);
    }
  }
}

void FirejailSetup::Rule(const FirejailEntry& entry) {
  for (const std::string& spelling : Spellings(entry)) {
    const std::string_view name = BaseName(spelling);
    if (name == "." || name == "..") continue;
    if (entry.rule == FirejailRule::Blacklist && Exempt(spelling)) continue;
    const std::string path =
        spelling.starts_with('/') ? spelling : JoinPath(working_directory_, spelling);
    if (MayBeThere(path)) Apply(entry.rule, path, entry.by);
  }
}

void FirejailSetup::Apply(FirejailRule rule, const std::string& path, const Directive* by) {
  const auto found = Find(path);
  if (!found || found->path == "/usr/bin/firejail") return;
  const auto& [real, object] = *found;
  if (rule == FirejailRule::Tmpfs) {
    TmpfsRule(real, object, by);
  } else if (rule != FirejailRule::Blacklist) {
    Remount(real, rule, by);
  } else {
    if (real == "/") return;  // it lies over the root that the program already stands in
    if (real == "/bin" || real == "/usr/bin") {
      const auto link = tree_.Lstat(CleanPath(path));
      if (link && link->kind == NodeKind::Symlink) return;
    }
    MaskAt(real, object, by);
  }
}

void FirejailSetup::TmpfsRule(const std::string& real, const Object& object, const Directive* by) {
  if (object.kind != NodeKind::Directory) return;
  if (uid_ != 0 && (object.uid != uid_ || real == home_ || !IsBelow(real, home_))) return;
  FirejailSeat seat = Tmpfs(object.mode, object.uid, by);
  seat.node.gid = object.gid;
  seat.no_exec = object.no_exec;
  tree_.Mount(real, std::move(seat));
}

/// bind, which root alone may use: one path of the sandbox over another.
void FirejailSetup::BindRule(const FirejailEntry& entry) {
  const std::size_t comma = entry.path.find(',');
  if (comma == std::string::npos || uid_ != 0) return;
  const auto source = Real(entry.path.substr(0, comma));
  const auto target = Real(entry.path.substr(comma + 1));
  if (!source || !target) return;
  tree_.Split(*source);
  FirejailSeat seat = tree_.seats.find(*source)->second;
  seat.because = BecauseOf(entry.by);
  std::vector<std::pair<std::string, FirejailSeat>> below;
  for (const auto& [at, mounted] : tree_.seats) {
    if (at != *source && IsBelow(at, *source)) {
      below.emplace_back(JoinPath(*target, RelativeTo(at, *source)), mounted);
    }
  }
  tree_.Mount(*target, std::move(seat));
  for (auto& [at, mounted] : below) tree_.seats.insert_or_assign(at, std::move(mounted));
}

}  // namespace sandlint
