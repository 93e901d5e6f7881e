#include "scanner/discover/discover.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace sandlint {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxEntries = 1'000'000;

/// Folders that hold other people's code or build products: their configs are not this tree's.
constexpr auto kSkippedFolders = std::to_array<std::string_view>(
    {".git", ".hg", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".svn", ".tox", ".venv",
     "__pycache__", "bower_components", "node_modules", "site-packages", "venv"});

bool Skipped(std::string_view name) {
  return std::ranges::find(kSkippedFolders, name) != kSkippedFolders.end();
}

/// A name that makes a file interesting, by itself or in a certain folder.
struct Pattern {
  std::string_view folder;  ///< the last folder of its path; empty: any
  std::string_view name;    ///< `*.md`: by extension
  FileKind kind;
};

constexpr auto kPatterns = std::to_array<Pattern>({
    {"", ".mcp.json", FileKind::ClaudeMcp},
    {"", ".claude.json", FileKind::ClaudeState},
    {"", "managed-mcp.json", FileKind::ClaudeManaged},
    {".claude", "settings.json", FileKind::ClaudeSettings},
    {".claude", "settings.local.json", FileKind::ClaudeSettings},
    {".claude-plugin", "plugin.json", FileKind::ClaudePlugin},
    {"agents", "*.md", FileKind::ClaudeAgent},
});

bool Matches(const Pattern& pattern, std::string_view folder, std::string_view name) {
  if (!pattern.folder.empty() && pattern.folder != BaseName(folder)) return false;
  if (pattern.kind == FileKind::ClaudeAgent) {
    return name.ends_with(".md") && (folder.ends_with(".claude/agents"));
  }
  return pattern.name == name;
}

std::string Join(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

class Walk {
 public:
  Walk(const FileReader& files, Workspace& workspace) : files_(files), workspace_(workspace) {}

  void Folder(const std::string& folder, std::size_t depth) {
    if (depth > kMaxDepth) {
      Report(folder, fmt::format("it is nested deeper than {} folders", kMaxDepth));
      return;
    }
    const std::vector<DirectoryEntry> entries = files_.List(folder);
    const bool plugin =
        std::ranges::find(entries, ".claude-plugin", &DirectoryEntry::name) != entries.end();
    for (const DirectoryEntry& entry : entries) {
      if (++entries_ > kMaxEntries) {
        if (entries_ == kMaxEntries + 1) {
          Report(folder, fmt::format("the tree has more than {} entries", kMaxEntries));
        }
        return;
      }
      Entry(folder, entry, plugin, depth);
    }
  }

  void Named(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    const std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash);
    for (const Pattern& pattern : kPatterns) {
      if (!Matches(pattern, folder, BaseName(path))) continue;
      Add(path, KindOf(pattern.kind, folder));
      return;
    }
    Add(path, ByContent(path));
  }

  std::vector<FoundFile> Found() && {
    std::ranges::sort(found_, {}, &FoundFile::path);
    const auto same = std::ranges::unique(found_, {}, &FoundFile::path);
    found_.erase(same.begin(), same.end());
    return std::move(found_);
  }

 private:
  void Entry(const std::string& folder, const DirectoryEntry& entry, bool plugin,
             std::size_t depth) {
    for (const Pattern& pattern : kPatterns) {
      if (!Matches(pattern, folder, entry.name)) continue;
      // A directory of that name is reported too: the file that should be there is not.
      const bool beside_plugin = plugin && pattern.kind == FileKind::ClaudeMcp;
      Add(Join(folder, entry.name), beside_plugin ? FileKind::ClaudePluginMcp : pattern.kind);
      return;
    }
    if (entry.is_directory && !Skipped(entry.name)) Folder(Join(folder, entry.name), depth + 1);
  }

  FileKind KindOf(FileKind kind, const std::string& folder) const {
    const bool plugin = files_.Exists(Join(folder, ".claude-plugin"));
    return kind == FileKind::ClaudeMcp && plugin ? FileKind::ClaudePluginMcp : kind;
  }

  /// A file that the user named, whatever its name is.
  FileKind ByContent(const std::string& path) const {
    if (path.ends_with(".md")) return FileKind::ClaudeAgent;
    const std::string text = files_.Read(path).text;
    const auto has = [&](std::string_view key) { return text.find(key) != std::string::npos; };
    if (!has("\"mcpServers\"") &&
        (has("\"permissions\"") || has("\"enableAllProjectMcpServers\"") || has("\"sandbox\"") ||
         has("\"hooks\""))) {
      return FileKind::ClaudeSettings;
    }
    return FileKind::ClaudeMcp;
  }

  void Add(std::string path, FileKind kind) { found_.push_back({std::move(path), kind}); }

  void Report(const std::string& path, std::string problem) {
    workspace_.files.push_back(
        {path.empty() ? "." : path, "folder", FileStatus::Unreadable, std::move(problem), {}});
  }

  const FileReader& files_;
  Workspace& workspace_;
  std::vector<FoundFile> found_;
  std::size_t entries_ = 0;
};

}  // namespace

std::vector<FoundFile> Discover(const FileReader& files, const std::vector<std::string>& paths,
                                Workspace& workspace) {
  Walk walk(files, workspace);
  if (paths.empty()) walk.Folder("", 0);
  for (const std::string& path : paths) {
    if (path.empty() || path == ".") {
      walk.Folder("", 0);
    } else if (files.Read(path).status == ReadStatus::IsDirectory && !path.ends_with(".json")) {
      walk.Folder(path, 0);
    } else {
      walk.Named(path);
    }
  }
  return std::move(walk).Found();
}

const char* NameOf(FileKind kind) {
  switch (kind) {
    case FileKind::ClaudeMcp:
      return "claude-mcp";
    case FileKind::ClaudeSettings:
      return "claude-settings";
    case FileKind::ClaudeState:
      return "claude-state";
    case FileKind::ClaudePlugin:
      return "claude-plugin";
    case FileKind::ClaudePluginMcp:
      return "claude-plugin-mcp";
    case FileKind::ClaudeAgent:
      return "claude-agent";
    case FileKind::ClaudeManaged:
      return "claude-managed";
  }
  return "?";
}

}  // namespace sandlint
