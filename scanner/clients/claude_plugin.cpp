// Plugins: .claude-plugin/plugin.json, the .mcp.json beside it, and the entries of a marketplace.

#include <fmt/format.h>

#include "scanner/clients/claude.h"
#include "scanner/clients/claude_entry.h"

namespace sandlint {
namespace {

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

/// `root` + `./path` without what leaves the tree; empty then.
std::string Below(const std::string& root, std::string_view path) {
  std::vector<std::string> parts;
  for (std::string_view rest : {std::string_view(root), path}) {
    while (!rest.empty()) {
      const std::size_t slash = std::min(rest.find('/'), rest.size());
      const std::string_view part = rest.substr(0, slash);
      rest.remove_prefix(std::min(slash + 1, rest.size()));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.emplace_back(part);
      } else if (parts.empty()) {
        return {};
      } else {
        parts.pop_back();
      }
    }
  }
  return fmt::format("{}", fmt::join(parts, "/"));
}

EntryContext PluginContext(const std::string& root) {
  return {Scope::Plugin, {Known("CLAUDE_PLUGIN_ROOT", root.empty() ? "." : root)}};
}

/// A JSON file of servers that a manifest names. `.mcpb` and `.dxt` are archives, URLs lie
/// elsewhere: neither is part of the tree.
void ReadNamed(ClientFile& file, const Word& path, const std::string& root, Declared& declared) {
  const std::string below = Below(root, path.text);
  const bool elsewhere = path.text.find("://") != std::string::npos ||
                         path.text.ends_with(".mcpb") || path.text.ends_with(".dxt");
  if (elsewhere || below.empty() || path.text.starts_with('/') || file.Known(below)) return;
  if (BaseName(below) == ".mcp.json" && file.Exists(below)) return;  // found by its name
  ClientFile other = file.Other({below, FileKind::ClaudePluginMcp});
  if (other.source() != nullptr) ReadClaudeServers(other, PluginContext(root), true, declared);
}

/// The value of `mcpServers` in a manifest: a map, a path, or a list of those.
void ReadManifest(ClientFile& file, const Node& servers, const std::string& root,
                  Declared& declared) {
  if (servers.Is(NodeType::Object)) {
    ReadClaudeEntries(servers, PluginContext(root), root, declared);
  } else if (servers.Is(NodeType::String)) {
    ReadNamed(file, servers.word, root, declared);
  } else if (!servers.Is(NodeType::Missing)) {
    file.Reject("'mcpServers' is neither an object nor a path", servers.span);
  }
}

void ReadManifests(ClientFile& file, const Node& servers, const std::string& root,
                   Declared& declared) {
  if (!servers.Is(NodeType::Array)) return ReadManifest(file, servers, root, declared);
  for (const Node& item : servers.items) ReadManifest(file, item, root, declared);
}

}  // namespace

void ReadClaudePluginMcp(ClientFile& file, Declared& declared) {
  ReadClaudeServers(file, PluginContext(file.directory()), true, declared);
}

void ReadClaudePlugin(ClientFile& file, Declared& declared) {
  const Document document = file.ReadStrictJson();
  const std::size_t before = declared.servers.size();
  const std::string root = ParentOf(file.directory());
  ReadManifests(file, document.root.Get("mcpServers"), root == "." ? "" : root, declared);
  MarkRejected(file, before, declared);
}

void ReadClaudeMarketplace(ClientFile& file, Declared& declared) {
  const Document document = file.ReadStrictJson();
  const std::size_t before = declared.servers.size();
  const std::string root = ParentOf(file.directory());
  for (const Node& plugin : document.root.Get("plugins").items) {
    // A plugin that lies elsewhere (`{"source": "github", …}`) brings its own tree.
    const Node& source = plugin.Get("source");
    const std::string folder =
        source.Is(NodeType::String) ? Below(root == "." ? "" : root, source.word.text) : "";
    ReadManifests(file, plugin.Get("mcpServers"), folder, declared);
  }
  MarkRejected(file, before, declared);
}

}  // namespace sandlint
