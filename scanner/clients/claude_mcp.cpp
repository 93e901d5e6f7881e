// Files that declare servers: .mcp.json of a project or an administrator, and the state file
// ~/.claude.json.

#include <fmt/format.h>

#include <array>

#include "scanner/clients/claude.h"
#include "scanner/clients/claude_entry.h"

namespace sandlint {
namespace {

/// Roots under which other clients keep their servers: Claude Code reads none of them.
constexpr auto kForeignRoots = std::to_array<std::string_view>({"servers", "mcp_servers"});

}  // namespace

void MarkRejected(const ClientFile& file, std::size_t from, Declared& declared) {
  if (!file.rejected()) return;
  for (std::size_t index = from; index < declared.servers.size(); ++index) {
    declared.servers[index].loads = false;
    declared.servers[index].why_not =
        fmt::format("the client rejects the whole file: {}", file.problem());
  }
}

namespace {

/// The object of servers in `root`, with what is wrong with it reported.
const Node* ServersOf(const Node& root, ClientFile& file, bool flat) {
  if (!root.Is(NodeType::Object)) {
    file.Reject("the file is not a JSON object", root.span);
    return nullptr;
  }
  if (const Member* servers = root.Find("mcpServers"); servers != nullptr) {
    if (servers->value.Is(NodeType::Object)) return &servers->value;
    file.Reject("'mcpServers' is not an object", servers->value.span);
    return nullptr;
  }
  for (const std::string_view key : kForeignRoots) {
    const Member* servers = root.Find(key);
    if (servers == nullptr || !servers->value.Is(NodeType::Object)) continue;
    file.Reject(fmt::format("'{}' is not a key of Claude Code, which reads 'mcpServers'", key),
                servers->key.span);
    return &servers->value;
  }
  if (flat) return &root;
  file.Reject("there is no 'mcpServers' object", FirstLine(root.span));
  for (const Member& member : root.members) {
    if (member.value.Find("command") != nullptr || member.value.Find("url") != nullptr)
      return &root;
  }
  return nullptr;
}

}  // namespace

void ReadClaudeServers(ClientFile& file, const EntryContext& context, bool flat,
                       Declared& declared) {
  const Document document = file.ReadStrictJson();
  const std::size_t before = declared.servers.size();
  if (!document.root.Is(NodeType::Missing)) {
    if (const Node* servers = ServersOf(document.root, file, flat); servers != nullptr) {
      ReadClaudeEntries(*servers, context, file.directory(), declared);
    }
  }
  MarkRejected(file, before, declared);
}

void ReadClaudeMcp(ClientFile& file, Declared& declared) {
  ReadClaudeServers(file, {Scope::Project, {}}, false, declared);
}

void ReadClaudeManaged(ClientFile& file, Declared& declared) {
  ReadClaudeServers(file, {Scope::Managed, {}}, false, declared);
}

void ReadClaudeState(ClientFile& file, Declared& declared) {
  const Document document = file.ReadStrictJson();
  const std::size_t before = declared.servers.size();
  ReadClaudeEntries(document.root.Get("mcpServers"), {Scope::User, {}}, file.directory(), declared);
  for (const Member& project : document.root.Get("projects").members) {
    ReadClaudeEntries(project.value.Get("mcpServers"), {Scope::Local, {}}, file.directory(),
                      declared);
  }
  MarkRejected(file, before, declared);
}

}  // namespace sandlint
