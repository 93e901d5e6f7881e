// MCPB manifests (manifest_version or dxt_version, server.entry_point, server.mcp_config.env,
// user_config) and server.json of the MCP registry (packages[].environmentVariables,
// packageArguments, remotes[].url).

#include "scanner/need/documents.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/need/identity.h"
#include "scanner/parse/node.h"

namespace sandlint {
namespace {

bool IsTrue(const Node& node) { return node.Is(NodeType::Bool) && node.word.text == "true"; }

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

/// `${user_config.api_key}` -> the entry of user_config, or null.
const Node* UserConfigOf(const Node& value, const Node& user_config) {
  constexpr std::string_view kStart = "${user_config.";
  const std::string& text = value.word.text;
  if (!text.starts_with(kStart) || !text.ends_with('}')) return nullptr;
  const std::string name = text.substr(kStart.size(), text.size() - kStart.size() - 1);
  const Member* member = user_config.Find(name);
  return member == nullptr ? nullptr : &member->value;
}

void ReadManifest(const Node& root, ServerDocument document,
                  std::vector<ServerDocument>& documents) {
  const Node& server = root.Get("server");
  const Node& user_config = root.Get("user_config");
  if (!server.Is(NodeType::Object)) return;
  const std::string& entry = server.Get("entry_point").word.text;
  if (!entry.empty()) document.entry = FolderOf(document.path) + entry;
  for (const Member& variable : server.Get("mcp_config").Get("env").members) {
    NeededVariable needed{variable.key.text, true, false, document.path};
    if (const Node* config = UserConfigOf(variable.value, user_config)) {
      needed.required = IsTrue(config->Get("required"));
      needed.secret = IsTrue(config->Get("sensitive"));
    }
    document.variables.push_back(std::move(needed));
  }
  for (const Member& member : user_config.members) {
    const std::string& type = member.value.Get("type").word.text;
    const bool place = type == "directory" || type == "file";
    if (place && document.paths.empty()) document.paths.push_back({"@args", false, document.path});
  }
  documents.push_back(std::move(document));
}

ServerDocument ReadPackage(const Node& package, ServerDocument document) {
  const Node& registry = package.Get("registryType").Is(NodeType::Missing)
                             ? package.Get("registry_type")
                             : package.Get("registryType");
  const ProgramRef ref{registry.word.text, package.Get("identifier").word.text, {}, false, {}};
  if (std::string key = CatalogueKey(ref); !key.empty()) {
    document.identities.push_back(std::move(key));
  }
  for (const char* key : {"environmentVariables", "environment_variables"}) {
    for (const Node& variable : package.Get(key).items) {
      const std::string& name = variable.Get("name").word.text;
      const bool required =
          IsTrue(variable.Get("isRequired")) || IsTrue(variable.Get("is_required"));
      const bool secret = IsTrue(variable.Get("isSecret")) || IsTrue(variable.Get("is_secret"));
      if (!name.empty()) document.variables.push_back({name, required, secret, document.path});
    }
  }
  for (const char* key : {"packageArguments", "package_arguments"}) {
    for (const Node& argument : package.Get(key).items) {
      const bool file = argument.Get("format").word.text == "filepath";
      if (file && document.paths.empty()) document.paths.push_back({"@args", false, document.path});
    }
  }
  return document;
}

void ReadRegistryFile(const Node& root, const ServerDocument& empty,
                      std::vector<ServerDocument>& documents) {
  for (const Node& package : root.Get("packages").items) {
    documents.push_back(ReadPackage(package, empty));
  }
  for (const Node& remote : root.Get("remotes").items) {
    const auto url = HostOfUrl(remote.Get("url").word.text);
    if (!url) continue;
    ServerDocument document = empty;
    document.identities.push_back("url:" + url->host);
    document.hosts.push_back(fmt::format("{}:{}", url->host, url->port));
    documents.push_back(std::move(document));
  }
}

}  // namespace

std::vector<ServerDocument> ReadServerDocuments(const Source& source) {
  std::vector<ServerDocument> documents;
  const Document document = ParseJson(source);
  const Node& root = document.root;
  ServerDocument empty;
  empty.path = source.path;
  const bool manifest =
      root.Find("manifest_version") != nullptr || root.Find("dxt_version") != nullptr;
  if (manifest) {
    ReadManifest(root, std::move(empty), documents);
  } else if (root.Get("packages").Is(NodeType::Array) || root.Get("remotes").Is(NodeType::Array)) {
    ReadRegistryFile(root, empty, documents);
  }
  return documents;
}

bool Describes(const ServerDocument& document, const Server& server) {
  for (const ProgramRef& ref : IdentitiesOf(server)) {
    const std::string key = CatalogueKey(ref);
    const bool named = std::ranges::find(document.identities, key) != document.identities.end();
    if (!key.empty() && named) return true;
  }
  if (document.entry.empty()) return false;
  for (const Launch& launch : server.launches) {
    if (launch.layers.empty()) continue;
    for (const Word& word : launch.layers.back().words) {
      const std::string& text = word.text;
      const bool whole = text == document.entry || text == "./" + document.entry;
      if (word.Known() && (whole || text.ends_with("/" + document.entry))) return true;
    }
  }
  return false;
}

void AddDocument(const ServerDocument& document, Need& need) {
  for (const NeededVariable& variable : document.variables) {
    const auto known = std::ranges::find(need.variables, variable.name, &NeededVariable::name);
    if (known == need.variables.end()) need.variables.push_back(variable);
  }
  for (const NeededPath& path : document.paths) {
    const auto known = std::ranges::find(need.paths, path.path, &NeededPath::path);
    if (known == need.paths.end()) need.paths.push_back(path);
  }
  for (const std::string& host : document.hosts) {
    if (!need.host_origins.emplace(host, document.path).second) continue;
    need.hosts.push_back(host);
  }
  if (need.origin.empty()) need.origin = document.path;
}

}  // namespace sandlint
