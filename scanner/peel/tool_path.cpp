// Is a program the tool that it is called after? A tree can carry a `bwrap` of its own, and a
// search path can lead to one.

#include "scanner/peel/tool_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "scanner/peel/name.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

constexpr auto kFolders =
    std::to_array<std::string_view>({"/bin",
                                     "/sbin",
                                     "/usr/bin",
                                     "/usr/sbin",
                                     "/usr/games",
                                     "/usr/local/bin",
                                     "/usr/local/sbin",
                                     "/usr/local/games",
                                     "/snap/bin",
                                     "/opt/homebrew/bin",
                                     "/opt/homebrew/sbin",
                                     "/opt/local/bin",
                                     "/opt/podman/bin",
                                     "/home/linuxbrew/.linuxbrew/bin",
                                     "/home/linuxbrew/.linuxbrew/sbin",
                                     "/run/current-system/sw/bin",
                                     "/run/wrappers/bin",
                                     "/nix/var/nix/profiles/default/bin",
                                     "/var/lib/flatpak/exports/bin",
                                     "/var/lib/snapd/snap/bin",
                                     "/Applications/Docker.app/Contents/Resources/bin"});
constexpr auto kWindows = std::to_array<std::string_view>(
    {"C:\\Program Files\\", "C:\\Program Files (x86)\\", "C:\\Windows\\"});
/// Where npm puts the programs of packages.
constexpr std::string_view kNodeModules = "node_modules/.bin";
/// Tools that are published as packages: there they are what they are called, as long as the tree
/// does not carry them. Any other name there is the choice of a package's author. (npm starts
/// each script with `sh`, by name.)
constexpr auto kPublished = std::to_array<std::string_view>(
    {"sh", "srt", "codex", "node", "npm", "npx", "deno", "bun", "bunx", "pnpm", "pnpx", "yarn",
     "cross-env", "dotenv", "dotenvx"});

/// `/nix/store/HASH-NAME/bin`.
bool IsNixPackage(std::string_view folder) {
  constexpr std::string_view kStore = "/nix/store/";
  if (!folder.starts_with(kStore) || !folder.ends_with("/bin")) return false;
  folder.remove_prefix(kStore.size());
  return folder.size() > 4 && folder.find('/') == folder.size() - 4;
}

/// `/a//b/./c/` -> `/a/b/c`; nothing for a path with `..`: where that leads depends on links.
std::optional<std::string> Clean(std::string_view path) {
  std::string clean;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part == "..") return std::nullopt;
    if (part.empty() || part == ".") continue;
    clean += '/';
    clean += part;
  }
  return clean;
}

Word InFolder(const Word& program, std::string_view folder) {
  Word word = program;
  word.holes.clear();
  word.text = fmt::format("{}/{}", folder.empty() ? "." : folder, program.text);
  return word;
}

std::string AbsoluteOf(std::string_view path, const PeelContext& context) {
  if (path.starts_with('/')) return std::string(path);
  return fmt::format("{}/{}", WorkingDirectoryOf(context), path);
}

/// Where a link of the machine leads, by the names in it; at most a few steps.
std::string EndOf(std::string path, const HostFacts& host) {
  for (int steps = 0; steps < 8; ++steps) {
    const auto node = host.Lstat(path);
    if (!node || node->kind != NodeKind::Symlink) return path;
    const std::string folder = path.substr(0, path.rfind('/'));
    const auto next = Clean(node->link.starts_with('/') ? node->link : folder + '/' + node->link);
    if (!next) return {};
    path = *next;
  }
  return {};
}

/// Is what node_modules has under this name the tool itself?
bool IsPublished(std::string_view folder, const Word& program, const PeelContext& context) {
  return folder.ends_with(kNodeModules) &&
         std::ranges::find(kPublished, BaseName(program.text)) != kPublished.end() &&
         !ReadInTree(PathInTree(program, context), context);
}

enum class Here : std::uint8_t { Nothing, Tool, Other };

/// What a folder that is not the system's has under this name.
Here Look(std::string_view folder, const std::string& name, const PeelContext& context) {
  const HostFacts* host = context.host;
  if (!context.sandbox.empty()) return Here::Other;
  if (host == nullptr || host->Symbolic()) {
    Word word;
    word.text = fmt::format("{}/{}", folder, name);
    // As npm itself puts it in front; where a script does so the folder is one like any other.
    return folder == kNodeModules && IsPublished(folder, word, context) ? Here::Nothing
                                                                        : Here::Other;
  }
  const auto path = Clean(AbsoluteOf(fmt::format("{}/{}", folder, name), context));
  if (!path) return Here::Other;
  if (!host->Lstat(*path)) return host->MayExist(*path) ? Here::Other : Here::Nothing;
  const std::string end = EndOf(*path, *host);
  return end != *path && IsSystemFolder(FolderOf(end)) && BaseName(end) == name ? Here::Tool
                                                                                : Here::Other;
}

std::vector<std::string_view> FoldersOf(std::string_view path) {
  std::vector<std::string_view> folders;
  for (std::size_t at = 0; at <= path.size() && folders.size() < 64;) {
    const std::size_t colon = std::min(path.find(':', at), path.size());
    folders.push_back(path.substr(at, colon - at));
    at = colon + 1;
  }
  return folders;
}

bool IsClientsOwn(std::string_view folder) { return folder == "${PATH}" || folder == "$PATH"; }

/// Every tool of the system stands in one of these: what comes behind them does not count.
bool EndsSearch(std::string_view folder) {
  return IsClientsOwn(folder) || folder == "/usr/bin" || folder == "/bin";
}

}  // namespace

std::string_view FolderOf(std::string_view program) {
  const std::size_t slash = program.rfind('/');
  if (slash == std::string_view::npos) return {};
  return program.substr(0, std::max<std::size_t>(slash, 1));
}

bool IsSystemFolder(std::string_view folder) {
  const auto clean = Clean(folder);
  if (!folder.starts_with('/') || !clean) return false;
  return std::ranges::find(kFolders, *clean) != kFolders.end() || IsNixPackage(*clean);
}

std::optional<Note> DoubtOfSearch(const Word& program, const Word& path,
                                  const PeelContext& context) {
  for (const std::string_view folder : FoldersOf(path.text)) {
    if (EndsSearch(folder)) break;
    if (IsSystemFolder(folder)) continue;
    const Here here = Look(folder, program.text, context);
    if (here == Here::Tool) break;
    if (here == Here::Nothing) continue;
    return Note{Support::Unknown, path.span ? path : program, Facet::All,
                fmt::format("which {} this is depends on {}, which comes first in PATH",
                            program.text, folder.empty() ? "the current directory" : folder)};
  }
  return std::nullopt;
}

std::optional<Note> DoubtOfTool(const Word& program, const PeelContext& context) {
  const std::string& text = program.text;
  if (text.find('\\') != std::string::npos) {
    const bool known = std::ranges::any_of(
        kWindows, [&](std::string_view folder) { return text.starts_with(folder); });
    if (known) return std::nullopt;
  } else if (text.find('/') == std::string::npos) {
    const auto path = context.variables.find("PATH");
    if (path == context.variables.end()) return std::nullopt;
    return DoubtOfSearch(program, path->second, context);
  } else if (program.Known()) {
    const std::string_view folder = FolderOf(text);
    if (IsSystemFolder(folder)) return std::nullopt;
    if (IsPublished(folder, program, context)) return std::nullopt;
    if (Look(folder, std::string(BaseName(text)), context) == Here::Tool) return std::nullopt;
  }
  return Note{Support::Unknown, program, Facet::All,
              fmt::format("which {} this is is not known: it stands in no folder of the system",
                          ToolName(program))};
}

std::optional<Word> FoundInTree(const Word& program, const PeelContext& context) {
  const auto path = context.variables.find("PATH");
  if (path == context.variables.end() || program.text.find('/') != std::string::npos ||
      !program.Known() || program.text.empty() || !context.sandbox.empty()) {
    return std::nullopt;
  }
  for (const std::string_view folder : FoldersOf(path->second.text)) {
    if (EndsSearch(folder)) break;
    if (IsSystemFolder(folder)) continue;
    Word word = InFolder(program, folder);
    if (ReadInTree(PathInTree(word, context), context)) return word;
  }
  return std::nullopt;
}

}  // namespace sandlint
