#pragma once

#include <string>
#include <vector>

#include "model/workspace.h"
#include "scanner/files/reader.h"

namespace sandlint {

enum class FileKind : std::uint8_t {
  ClaudeMcp,       ///< .mcp.json
  ClaudeSettings,  ///< .claude/settings.json, settings.local.json
  ClaudeState,     ///< ~/.claude.json
  ClaudePlugin,    ///< .claude-plugin/plugin.json
  ClaudePluginMcp, ///< .mcp.json beside .claude-plugin
  ClaudeAgent,     ///< .claude/agents/*.md
  ClaudeManaged,   ///< managed-mcp.json
};

struct FoundFile {
  std::string path;  ///< relative to the reader's root
  FileKind kind = FileKind::ClaudeMcp;
};

/// The files of a tree that sandlint reads, sorted by path. `.git`, `node_modules` and other
/// dependency folders are not entered, links are not followed. With `explicit_paths`, files named
/// by the user are taken whatever their name is (by content).
std::vector<FoundFile> Discover(const FileReader& files, const std::vector<std::string>& paths,
                                Workspace& workspace);

const char* NameOf(FileKind kind);

}  // namespace sandlint
