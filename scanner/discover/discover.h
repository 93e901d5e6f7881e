#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/workspace.h"
#include "scanner/files/reader.h"

namespace sandlint {

enum class FileKind : std::uint8_t {
  ClaudeMcp,          ///< .mcp.json
  ClaudeSettings,     ///< .claude/settings.json, settings.local.json
  ClaudeState,        ///< ~/.claude.json
  ClaudePlugin,       ///< .claude-plugin/plugin.json
  ClaudePluginMcp,    ///< .mcp.json beside .claude-plugin
  ClaudeAgent,        ///< .claude/agents/*.md
  ClaudeManaged,      ///< managed-mcp.json
  ClaudeMarketplace,  ///< .claude-plugin/marketplace.json
  Firewall,           ///< nftables, pf, iptables: by name; its content is looked at later
  Script,             ///< of a shell: it may set a firewall up
  VsCodeMcp,          ///< .vscode/mcp.json
  VsCodeSettings,     ///< .vscode/settings.json: `mcp.servers`
  VsCodeWorkspace,    ///< *.code-workspace
  Devcontainer,       ///< devcontainer.json: `customizations.vscode.mcp`
  VisualStudio,       ///< .vs/mcp.json
  Cursor,             ///< .cursor/mcp.json
  ClaudeDesktop,      ///< claude_desktop_config.json
  CopilotCli,         ///< .github/mcp.json
  Windsurf,           ///< mcp_config.json of Codeium
  Roo,                ///< .roo/mcp.json
  Kilo,               ///< .kilocode/mcp.json
  Gemini,             ///< .gemini/settings.json
  Zed,                ///< .zed/settings.json
  OpenCode,           ///< opencode.json, opencode.jsonc
  Junie,              ///< .junie/mcp/mcp.json
  AmazonQ,            ///< .amazonq/mcp.json, .amazonq/cli-agents/*.json
  Kiro,               ///< .kiro/settings/mcp.json
  Warp,               ///< .warp/.mcp.json
  Codex,              ///< .codex/config.toml
};

/// The kind of what is reported of folders, in FileReport::kind.
inline constexpr const char* kFolderReport = "folder";

struct FoundFile {
  std::string path;  ///< relative to the reader's root
  FileKind kind = FileKind::ClaudeMcp;
};

/// The files of a tree that sandlint reads, sorted by path. `.git`, `node_modules` and other
/// folders of dependencies and build products are not entered. Links are not followed, but for
/// the folders of clients (`.claude`, `.vscode`), behind which a client would read. `paths`
/// empty: the whole tree. A file that is named there is taken whatever its name is, by its content.
/// What the walk had to leave out is reported in `workspace.files`.
std::vector<FoundFile> Discover(const FileReader& files, const std::vector<std::string>& paths,
                                Workspace& workspace);

const char* NameOf(FileKind kind);

}  // namespace sandlint
