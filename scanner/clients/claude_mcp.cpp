// Files that declare servers: .mcp.json of a project, a plugin or an administrator, plugin.json,
// and the state file ~/.claude.json.

#include <fmt/format.h>

#include <array>

#include "scanner/clients/claude.h"
#include "scanner/clients/claude_entry.h"

namespace sandlint {
namespace {

/// Roots under which other clients keep their servers: Claude Code reads none of them.
constexpr auto kForeignRoots = std::to_array<std::string_view>({"servers", "mcp_servers"});

void MarkRejected(const ClientFile& file, std::size_t from, Declared& declared) {
  if (!file.rejected()) return;
  for (std::size_t index = from; index < declared.servers.size(); ++index) {
    declared.servers[index].loads = false;
    declared.servers[index].why_not =
        fmt::format("the client rejects the whole file: {}", file.problem());
  }
}

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

void ReadServers(ClientFile& file, const EntryContext& context, bool flat, Declared& declared) {
  const Document document = file.ReadStrictJson();
  const std::size_t before = declared.servers.size();
  if (!document.root.Is(NodeType::Missing)) {
    if (const Node* servers = ServersOf(document.root, file, flat); servers != nullptr) {
      ReadClaudeEntries(*servers, context, file.directory(), declared);
    }
  }
  MarkRejected(file, before, declared);
}

Setting Known(std::string_view name, std::string value) {
  Setting setting;
  setting.key.text = name;
  setting.value.text = std::move(value);
  return setting;
}

std::string ParentOf(const std::string& folder) {
  const std::size_t slash = folder.find_last_of('/');
  return slash == std::string::npos ? std::string(".") : folder.substr(0, slash);
}

}  // namespace

void ReadClaudeMcp(ClientFile& file, Declared& declared) {
  ReadServers(file, {Scope::Project, {}}, false, declared);
}

void ReadClaudeManaged(ClientFile& file, Declared& declared) {
  ReadServers(file, {Scope::Managed, {}}, false, declared);
}

void ReadClaudePluginMcp(ClientFile& file, Declared& declared) {
  const std::string root = file.directory().empty() ? "." : file.directory();
  ReadServers(file, {Scope::Plugin, {Known("CLAUDE_PLUGIN_ROOT", root)}}, true, declared);
}

void ReadClaudePlugin(ClientFile& file, Declared& declared) {
  const Document document = file.ReadStrictJson();
  const std::size_t before = declared.servers.size();
  const EntryContext context{Scope::Plugin,
                             {Known("CLAUDE_PLUGIN_ROOT", ParentOf(file.directory()))}};
  const Node& servers = document.root.Get("mcpServers");
  // A path names a file of servers, which is read where it lies in the tree under its usual name.
  if (servers.Is(NodeType::Object)) {
    ReadClaudeEntries(servers, context, ParentOf(file.directory()), declared);
  } else if (!servers.Is(NodeType::Missing) && !servers.Is(NodeType::String) &&
             !servers.Is(NodeType::Array)) {
    file.Reject("'mcpServers' is neither an object nor a path", servers.span);
  }
  MarkRejected(file, before, declared);
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
