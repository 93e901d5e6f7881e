// A JSON file of a client by the row of its table: finds the object of servers and reads each.

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "scanner/clients/dialect.h"

namespace sandlint {
namespace {

/// Roots of other clients: worth a word where the file has no root of its own.
constexpr auto kRoots =
    std::to_array<std::string_view>({"mcpServers", "servers", "mcp_servers", "context_servers"});

/// Files that hold much else: without every word of a root they are of no interest.
bool MayHoldServers(const ClientDialect& client, const ClientFile& file) {
  const std::string& text = file.source()->text;
  return std::ranges::any_of(client.roots, [&](std::string_view root) {
    if (root.empty()) return false;
    for (std::size_t at = 0; at <= root.size();) {
      const std::size_t dot = std::min(root.find('.', at), root.size());
      if (text.find(root.substr(at, dot - at)) == std::string::npos) return false;
      at = dot + 1;
    }
    return true;
  });
}

/// Dotted: each part a key, or the whole of the rest one key (`"mcp.servers": {…}`).
const Member* FindPath(const Node& node, std::string_view path) {
  if (const Member* whole = node.Find(path); whole != nullptr) return whole;
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  return FindPath(node.Get(path.substr(0, dot)), path.substr(dot + 1));
}

/// The folder of the workspace that the file belongs to, relative to the root.
std::string WorkspaceOf(const ClientDialect& client, const std::string& directory) {
  if (client.folder.empty()) return directory;
  const std::string whole = "/" + directory;
  const std::string tail = fmt::format("/{}", client.folder);
  // Below a folder of that name there may be one more: `.devcontainer/NAME`.
  const std::size_t at = whole.rfind(tail);
  const bool fits = at != std::string::npos &&
                    (at + tail.size() == whole.size() || whole[at + tail.size()] == '/');
  if (!fits) return {};  // a user's own file: the workspace is where the session is
  return at == 0 ? std::string() : whole.substr(1, at - 1);
}

void ReadEntries(const ClientDialect& client, const Node& servers, const Node& root,
                 ClientFile& file, Declared& declared) {
  std::unordered_map<std::string_view, const Member*> last;  // of equal names the last one wins
  for (const Member& entry : servers.members) last[entry.key.text] = &entry;
  const std::string folder = WorkspaceOf(client, file.directory());
  for (const Member& entry : servers.members) {
    if (last[entry.key.text] != &entry) continue;
    ServerDecl decl = ReadJsonEntry(client, entry, file);
    decl.folder = folder;
    decl.lost_directory = client.lost_directory;
    if (client.finish != nullptr && decl.loads) client.finish(entry.value, root, decl);
    declared.servers.push_back(std::move(decl));
    declared.directories.push_back(folder);
  }
}

/// A root of another client in a file that is about nothing but servers.
void TellForeignRoot(const ClientDialect& client, const Node& root, ClientFile& file) {
  if (client.roots[0].find('.') != std::string_view::npos || root.members.empty()) return;
  for (const std::string_view key : kRoots) {
    const Member* servers = root.Find(key);
    if (servers == nullptr || !servers->value.Is(NodeType::Object)) continue;
    return file.Reject(fmt::format("'{}' is not a key of {}, which reads '{}'", key, client.client,
                                   client.roots[0]),
                       servers->key.span);
  }
}

}  // namespace

void ReadJsonClient(const ClientDialect& client, ClientFile& file, Declared& declared) {
  const bool only_servers = BaseName(file.source()->path).find("mcp") != std::string_view::npos;
  if (!only_servers && !MayHoldServers(client, file)) return file.Ignore();
  const Document document = file.ReadLenientJson();
  const Node& root = document.root;
  if (root.Is(NodeType::Missing)) return;
  if (!root.Is(NodeType::Object)) return file.Reject("the file is not a JSON object", root.span);
  bool found = false;
  for (const std::string_view path : client.roots) {
    const Member* servers = path.empty() ? nullptr : FindPath(root, path);
    if (servers == nullptr) continue;
    found = true;
    if (servers->value.Is(NodeType::Object)) {
      ReadEntries(client, servers->value, root, file, declared);
    } else {
      file.Reject(fmt::format("'{}' is not an object", path), servers->value.span);
    }
  }
  if (!found) TellForeignRoot(client, root, file);
}

}  // namespace sandlint
