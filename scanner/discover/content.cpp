#include "scanner/discover/content.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "scanner/parse/node.h"

namespace sandlint {
namespace {

struct KeyRow {
  std::string_view key;
  FileKind kind;
};
/// The first key of this list that the object has decides.
constexpr auto kKeys = std::to_array<KeyRow>({
    // Keys that ~/.claude.json has and no other file of Claude Code.
    {"numStartups", FileKind::ClaudeState},
    {"oauthAccount", FileKind::ClaudeState},
    {"projects", FileKind::ClaudeState},
    {"mcpServers", FileKind::ClaudeMcp},
    {"mcp_servers", FileKind::ClaudeMcp},
    {"servers", FileKind::ClaudeMcp},
    {"allowedMcpServers", FileKind::ClaudeSettings},
    {"apiKeyHelper", FileKind::ClaudeSettings},
    {"deniedMcpServers", FileKind::ClaudeSettings},
    {"disableAllHooks", FileKind::ClaudeSettings},
    {"disabledMcpjsonServers", FileKind::ClaudeSettings},
    {"enableAllProjectMcpServers", FileKind::ClaudeSettings},
    {"enabledMcpjsonServers", FileKind::ClaudeSettings},
    {"enabledPlugins", FileKind::ClaudeSettings},
    {"env", FileKind::ClaudeSettings},
    {"hooks", FileKind::ClaudeSettings},
    {"managedMcpServers", FileKind::ClaudeSettings},
    {"permissions", FileKind::ClaudeSettings},
    {"sandbox", FileKind::ClaudeSettings},
    {"skipDangerousModePermissionPrompt", FileKind::ClaudeSettings},
    {"statusLine", FileKind::ClaudeSettings},
});

}  // namespace

FileKind KindByContent(const std::string& path, std::string text) {
  if (path.ends_with(".md")) return FileKind::ClaudeAgent;
  const Source source{path, std::move(text), false};
  const Document document = ParseJson(source);
  for (const KeyRow& row : kKeys) {
    if (document.root.Find(row.key) != nullptr) return row.kind;
  }
  return FileKind::ClaudeMcp;
}

}  // namespace sandlint
