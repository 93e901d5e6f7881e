#include "scanner/discover/discover.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "model/word.h"
#include "scanner/discover/content.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxEntries = 2'000'000;

/// Folders that hold other people's code or build products: their configs are not this tree's.
constexpr auto kSkippedFolders =
    std::to_array<std::string_view>({".bundle",       ".cache",
                                     ".direnv",       ".eggs",
                                     ".git",          ".gradle",
                                     ".hg",           ".jj",
                                     ".mypy_cache",   ".next",
                                     ".nox",          ".nuxt",
                                     ".parcel-cache", ".pnpm-store",
                                     ".pytest_cache", ".ruff_cache",
                                     ".svelte-kit",   ".svn",
                                     ".terraform",    ".tox",
                                     ".turbo",        ".venv",
                                     ".yarn",         "Pods",
                                     "__pycache__",   "bower_components",
                                     "node_modules",  "site-packages",
                                     "target",        "vendor",
                                     "venv"});

bool Skipped(std::string_view name) { return std::ranges::binary_search(kSkippedFolders, name); }

/// A name that makes a file interesting, by itself or in a certain folder.
struct Pattern {
  std::string_view folder;  ///< the last folders of its path, `*` for any one; empty: any
  std::string_view name;    ///< may begin with `*`
  FileKind kind;
};
constexpr auto kPatterns = std::to_array<Pattern>({
    // Files of one client's own folder stand before those that may lie anywhere.
    {".warp", ".mcp.json", FileKind::Warp},
    {".vscode", "mcp.json", FileKind::VsCodeMcp},
    {"Code/User", "mcp.json", FileKind::VsCodeMcp},
    {".vscode", "settings.json", FileKind::VsCodeSettings},
    {"", "*.code-workspace", FileKind::VsCodeWorkspace},
    {"", ".devcontainer.json", FileKind::Devcontainer},
    {".devcontainer", "devcontainer.json", FileKind::Devcontainer},
    {".devcontainer/*", "devcontainer.json", FileKind::Devcontainer},
    {".vs", "mcp.json", FileKind::VisualStudio},
    {".cursor", "mcp.json", FileKind::Cursor},
    {"", "claude_desktop_config.json", FileKind::ClaudeDesktop},
    {".github", "mcp.json", FileKind::CopilotCli},
    {".copilot", "mcp-config.json", FileKind::CopilotCli},
    {".codeium", "mcp_config.json", FileKind::Windsurf},
    {".codeium/*", "mcp_config.json", FileKind::Windsurf},
    {".roo", "mcp.json", FileKind::Roo},
    {".kilocode", "mcp.json", FileKind::Kilo},
    {".gemini", "settings.json", FileKind::Gemini},
    {".zed", "settings.json", FileKind::Zed},
    {".config/zed", "settings.json", FileKind::Zed},
    {"", "opencode.json", FileKind::OpenCode},
    {"", "opencode.jsonc", FileKind::OpenCode},
    {".junie/mcp", "mcp.json", FileKind::Junie},
    {".amazonq", "mcp.json", FileKind::AmazonQ},
    {".amazonq/cli-agents", "*.json", FileKind::AmazonQ},
    {".kiro/settings", "mcp.json", FileKind::Kiro},
    {".codex", "*.toml", FileKind::Codex},
    {"", ".mcp.json", FileKind::ClaudeMcp},
    {"", ".claude.json", FileKind::ClaudeState},
    {"", "managed-mcp.json", FileKind::ClaudeManaged},
    {"", "managed-settings.json", FileKind::ClaudeSettings},
    {".claude", "settings.json", FileKind::ClaudeSettings},
    {".claude", "settings.local.json", FileKind::ClaudeSettings},
    {".claude-plugin", "plugin.json", FileKind::ClaudePlugin},
    {".claude-plugin", "marketplace.json", FileKind::ClaudeMarketplace},
    {"", "nftables.conf", FileKind::Firewall},
    {"", "pf.conf", FileKind::Firewall},
    {"", "squid.conf", FileKind::Firewall},
    {"firewalld", "direct.xml", FileKind::Firewall},
    {"", "ipset.conf", FileKind::Firewall},
    {"ufw", "before.rules", FileKind::Firewall},
    {"ufw", "before6.rules", FileKind::Firewall},
    {"", "rules.v4", FileKind::Firewall},
    {"", "rules.v6", FileKind::Firewall},
    {"ufw", "user.rules", FileKind::Firewall},
    {"ufw", "user6.rules", FileKind::Firewall},
});
constexpr auto kFirewallEndings = std::to_array<std::string_view>(
    {".nft", ".nftables", ".pf", ".iptables", ".ip6tables", ".ipset"});
/// Scripts may set a firewall up; those that do not are not reported.
constexpr auto kScriptEndings = std::to_array<std::string_view>({".sh", ".bash"});

/// Agents may lie in folders below `.claude/agents`.
bool IsAgentFolder(std::string_view folder) {
  constexpr std::string_view kAgents = ".claude/agents";
  const std::size_t at = folder.rfind(kAgents);
  if (at == std::string_view::npos || (at > 0 && folder[at - 1] != '/')) return false;
  const std::size_t end = at + kAgents.size();
  return end == folder.size() || folder[end] == '/';
}

/// Do the last folders of `folder` fit?
bool FitsFolder(std::string_view folder, std::string_view pattern) {
  while (!pattern.empty()) {
    const std::string_view wanted = BaseName(pattern), name = BaseName(folder);
    if (name.empty() || (wanted != "*" && wanted != name)) return false;
    pattern.remove_suffix(std::min(wanted.size() + 1, pattern.size()));
    folder.remove_suffix(std::min(name.size() + 1, folder.size()));
  }
  return true;
}

bool FitsName(std::string_view name, std::string_view pattern) {
  if (!pattern.starts_with('*')) return name == pattern;
  pattern.remove_prefix(1);
  return name.size() > pattern.size() && name.ends_with(pattern);
}

std::optional<FileKind> KindByName(std::string_view folder, std::string_view name) {
  for (const Pattern& pattern : kPatterns) {
    if (FitsName(name, pattern.name) && FitsFolder(folder, pattern.folder)) return pattern.kind;
  }
  if (name.ends_with(".md") && IsAgentFolder(folder)) return FileKind::ClaudeAgent;
  const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
  if (BaseName(folder) == "pf.anchors" || std::ranges::any_of(kFirewallEndings, ends)) {
    return FileKind::Firewall;
  }
  if (std::ranges::any_of(kScriptEndings, ends)) return FileKind::Script;
  return std::nullopt;
}

/// A folder in which a client looks for files of certain names.
bool IsClientFolder(std::string_view folder, std::string_view name) {
  constexpr auto kFolders = std::to_array<std::string_view>(
      {".amazonq", ".claude", ".claude-plugin", ".codex", ".cursor", ".devcontainer", ".gemini",
       ".github", ".junie", ".kilocode", ".kiro", ".roo", ".vs", ".vscode", ".warp", ".zed"});
  return std::ranges::binary_search(kFolders, name) ||
         (name == "agents" && BaseName(folder) == ".claude");
}

std::string Join(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

/// Without `.`, empty parts and a trailing slash. What leaves the root keeps its `..`.
std::string Clean(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (!part.empty() && part != ".") parts.push_back(part);
  }
  return fmt::format("{}", fmt::join(parts, "/"));
}

class Walk {
 public:
  Walk(const FileReader& files, Workspace& workspace) : files_(files), workspace_(workspace) {}

  void Folder(const std::string& folder, std::size_t depth) {
    const std::vector<DirectoryEntry> entries = List(folder);
    const auto has = [&](std::string_view name) {
      return std::ranges::binary_search(entries, name, {}, &DirectoryEntry::name);
    };
    if (depth > 0 && has("pyvenv.cfg")) return;  // a virtual environment of Python, PEP 405
    const bool plugin = has(".claude-plugin");
    for (const DirectoryEntry& entry : entries) {
      if (++entries_ > kMaxEntries) return TooMany(folder);
      Entry(folder, entry, plugin, depth);
    }
  }

  /// What the user names is taken.
  void Named(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    const std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash);
    const std::optional<FileKind> kind = KindByName(folder, BaseName(path));
    ReadResult result = files_.Read(path);
    if (result.status == ReadStatus::IsDirectory && !kind) return Folder(path, 0);
    if (!kind) return Add(path, KindByContent(path, std::move(result.text)));
    const bool plugin =
        *kind == FileKind::ClaudeMcp && files_.Exists(Join(folder, ".claude-plugin"));
    Add(path, plugin ? FileKind::ClaudePluginMcp : *kind);
  }

  std::vector<FoundFile> Found() && {
    std::ranges::sort(found_, {}, &FoundFile::path);
    const auto same = std::ranges::unique(found_, {}, &FoundFile::path);
    found_.erase(same.begin(), same.end());
    return std::move(found_);
  }

 private:
  /// A directory that cannot be listed may hold anything.
  std::vector<DirectoryEntry> List(const std::string& folder) {
    std::vector<DirectoryEntry> entries = files_.List(folder);
    const auto unnamed = [](const DirectoryEntry& entry) { return entry.name.empty(); };
    if (std::erase_if(entries, unnamed) > 0) {
      Report(folder, "it cannot be listed: there is no permission, or it is damaged");
    }
    return entries;
  }

  void Entry(const std::string& folder, const DirectoryEntry& entry, bool plugin,
             std::size_t depth) {
    if (const std::optional<FileKind> kind = KindByName(folder, entry.name)) {
      // A directory of that name is taken too: the file that should be there is not.
      const bool beside = plugin && *kind == FileKind::ClaudeMcp;
      Add(Join(folder, entry.name), beside ? FileKind::ClaudePluginMcp : *kind);
    } else if (!entry.is_directory) {
      if (IsClientFolder(folder, entry.name)) Linked(Join(folder, entry.name), depth);
    } else if (!Skipped(entry.name)) {
      if (depth < kMaxDepth) return Folder(Join(folder, entry.name), depth + 1);
      TooDeep(Join(folder, entry.name));
    }
  }

  /// A client folder that is a link: the client would read behind it.
  void Linked(const std::string& path, std::size_t depth) {
    const ReadResult result = files_.Read(path);
    if (result.status == ReadStatus::IsDirectory && depth < kMaxDepth) {
      for (const DirectoryEntry& entry : List(path)) {
        const std::string below = Join(path, entry.name);
        if (const std::optional<FileKind> kind = KindByName(path, entry.name)) {
          Add(below, *kind);
        } else if (IsClientFolder(path, entry.name)) {
          Linked(below, depth + 1);
        }
      }
    } else if (result.status != ReadStatus::Ok && result.status != ReadStatus::Missing &&
               result.status != ReadStatus::IsDirectory) {
      Report(path, result.problem);
    }
  }

  void Add(std::string path, FileKind kind) { found_.push_back({std::move(path), kind}); }

  void TooMany(const std::string& folder) {
    if (std::exchange(full_, true)) return;
    Report(folder, fmt::format("the tree has more than {} entries; check its parts one by one",
                               kMaxEntries));
  }

  void TooDeep(const std::string& folder) {
    if (std::exchange(deep_, true)) return;
    Report(folder, fmt::format("it lies deeper than {} folders; check it by itself", kMaxDepth));
  }

  void Report(const std::string& path, std::string problem) {
    workspace_.files.push_back(
        {path.empty() ? "." : path, kFolderReport, FileStatus::Unreadable, std::move(problem), {}});
  }

  const FileReader& files_;
  Workspace& workspace_;
  std::vector<FoundFile> found_;
  std::size_t entries_ = 0;
  bool full_ = false;
  bool deep_ = false;
};

}  // namespace

std::vector<FoundFile> Discover(const FileReader& files, const std::vector<std::string>& paths,
                                Workspace& workspace) {
  Walk walk(files, workspace);
  if (paths.empty()) walk.Folder("", 0);
  for (const std::string& path : paths) {
    const std::string clean = Clean(path);
    if (clean.empty()) {
      walk.Folder("", 0);
    } else {
      walk.Named(clean);
    }
  }
  return std::move(walk).Found();
}

const char* NameOf(FileKind kind) {
  constexpr std::array kNames{"claude-mcp",
                              "claude-settings",
                              "claude-state",
                              "claude-plugin",
                              "claude-plugin-mcp",
                              "claude-agent",
                              "claude-managed",
                              "claude-marketplace",
                              "firewall",
                              "script",
                              "vscode-mcp",
                              "vscode-settings",
                              "vscode-workspace",
                              "devcontainer",
                              "visual-studio",
                              "cursor",
                              "claude-desktop",
                              "copilot-cli",
                              "windsurf",
                              "roo",
                              "kilo",
                              "gemini",
                              "zed",
                              "opencode",
                              "junie",
                              "amazon-q",
                              "kiro",
                              "warp",
                              "codex"};
  const auto index = static_cast<std::size_t>(kind);
  return index < kNames.size() ? kNames[index] : "?";
}

}  // namespace sandlint
