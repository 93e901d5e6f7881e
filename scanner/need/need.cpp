#include "scanner/need/need.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/need/catalogue.h"
#include "scanner/need/class_defaults.h"
#include "scanner/need/identity.h"

namespace sandlint {
namespace {

struct NetRow {
  std::string_view name;
  NetworkNeed need;
};
constexpr auto kNets = std::to_array<NetRow>({
    {"none", NetworkNeed::None},
    {"allowlist", NetworkNeed::Allowlist},
    {"config", NetworkNeed::Config},
    {"any", NetworkNeed::Any},
});

template <typename T>
void AddOnce(std::vector<T>& list, T value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
}

/// `NAME!*`: required, and a secret.
NeededVariable VariableOf(std::string text) {
  NeededVariable variable;
  variable.secret = text.find('*') != std::string::npos;
  variable.required = text.find('!') != std::string::npos;
  text.erase(std::min(text.find_first_of("!*"), text.size()));
  variable.name = std::move(text);
  return variable;
}

/// `~/.gitconfig ro`.
NeededPath PathOf(const std::string& text) {
  const std::size_t blank = text.rfind(' ');
  return {text.substr(0, blank), text.substr(blank + 1) == "rw"};
}

/// The first argument of the server that is a URL of any kind (`wanted` empty) or of the web.
const Word* UrlArgument(const Server& server, bool web) {
  for (const Launch& launch : server.launches) {
    if (launch.layers.empty()) continue;
    for (const Word& word : launch.layers.back().words) {
      const auto url = HostOfUrl(word.text);
      if (!url || !word.Known()) continue;
      const bool of_web = url->scheme == "http" || url->scheme == "https";
      if (of_web == web) return &word;
    }
  }
  return nullptr;
}

const Word* VariableOf(const Server& server, std::string_view name) {
  for (const Setting& setting : server.decl.environment) {
    if (setting.key.text == name && setting.value.Known()) return &setting.value;
  }
  return nullptr;
}

/// A host of the catalogue, with `@env:` and `@arg:` looked up where the launch says them.
std::string HostNeed(const std::string& host, const Server& server) {
  const Word* word = nullptr;
  if (host.starts_with("@env:")) word = VariableOf(server, std::string_view(host).substr(5));
  if (host == "@arg:url") word = UrlArgument(server, true);
  if (host == "@arg:dsn") word = UrlArgument(server, false);
  if (word == nullptr) return host;
  const auto url = HostOfUrl(word->text);
  return url && !url->port.empty() ? fmt::format("{}:{}", url->host, url->port) : host;
}

Need NeedOfEntry(const CatalogueEntry& entry, const Server& server) {
  Need need;
  need.catalogue_id = entry.root.Get("id").word.text;
  need.server_class = ServerClassByName(entry.root.Get("class").word.text);
  const auto net = std::ranges::find(kNets, entry.root.Get("net").word.text, &NetRow::name);
  if (net != kNets.end()) need.network = net->need;
  for (const Node& host : entry.root.Get("hosts").items) {
    AddOnce(need.hosts, HostNeed(host.word.text, server));
  }
  for (const Node& variable : entry.root.Get("env").items) {
    need.variables.push_back(VariableOf(variable.word.text));
  }
  for (const Node& path : entry.root.Get("paths").items) {
    need.paths.push_back(PathOf(path.word.text));
  }
  need.origin = fmt::format("catalogue entry {}", need.catalogue_id);
  return need;
}

/// The first identity that the catalogue has.
std::shared_ptr<const CatalogueEntry> EntryOf(const std::vector<ProgramRef>& refs,
                                              ProgramRef* which) {
  for (const ProgramRef& ref : refs) {
    const std::string key = CatalogueKey(ref);
    if (key.empty()) continue;
    if (auto entry = FindInCatalogue(key, false)) {
      if (which != nullptr) *which = ref;
      return entry;
    }
  }
  return nullptr;
}

/// A bridge (`mcp-remote URL`) needs what the endpoint needs, and has its class.
void FollowBridge(Need& need, const Server& server) {
  const Word* word = UrlArgument(server, true);
  if (need.server_class != ServerClass::Bridge || word == nullptr) return;
  const ProgramRef ref{"url", HostOfUrl(word->text)->host, {}, false, *word};
  const auto entry = EntryOf({ref}, nullptr);
  if (!entry) return;
  need.server_class = ServerClassByName(entry->root.Get("class").word.text);
  need.origin += fmt::format(" to {}", entry->root.Get("id").word.text);
}

Need NeedByName(const std::vector<ProgramRef>& refs) {
  for (const ProgramRef& ref : refs) {
    if (ref.ecosystem == "url" || !ref.word.Known()) continue;
    const std::string_view name =
        ref.ecosystem == "file" || ref.ecosystem == "bin" ? BaseName(ref.name) : ref.name;
    const NamedClass named = ClassByName(name);
    if (named.server_class == ServerClass::Unknown) continue;
    Need need = DefaultNeedOf(named.server_class);
    need.origin = fmt::format("its name says '{}'", named.part);
    return need;
  }
  return {};
}

/// What the launcher itself needs: the registry from which it fetches, and its own cache.
void AddLaunchers(Need& need, const Server& server) {
  for (const Launch& launch : server.launches) {
    for (const Layer& layer : launch.layers) {
      if (layer.kind != LayerKind::Launcher) continue;
      const auto entry = FindInCatalogue("bin:" + layer.tool, true);
      if (!entry) continue;
      for (const Node& host : entry->root.Get("hosts").items) {
        AddOnce(need.hosts, host.word.text);
        need.host_origins.emplace(host.word.text, "launcher " + layer.tool);
      }
      for (const Node& path : entry->root.Get("paths").items) {
        NeededPath needed = PathOf(path.word.text);
        needed.origin = "launcher " + layer.tool;
        const auto same = [&](const NeededPath& known) { return known.path == needed.path; };
        if (std::ranges::none_of(need.paths, same)) need.paths.push_back(std::move(needed));
      }
    }
  }
}

}  // namespace

Need NeedOf(const Server& server) {
  const std::vector<ProgramRef> refs = IdentitiesOf(server);
  Need need;
  if (const auto entry = EntryOf(refs, nullptr)) {
    need = NeedOfEntry(*entry, server);
    FollowBridge(need, server);
  } else {
    need = NeedByName(refs);
  }
  SayOrigin(need, need.origin);
  AddLaunchers(need, server);
  return need;
}

void SayOrigin(Need& need, const std::string& origin) {
  for (NeededPath& path : need.paths) path.origin = origin;
  for (NeededVariable& variable : need.variables) variable.origin = origin;
  for (const std::string& host : need.hosts) need.host_origins[host] = origin;
}

std::optional<ProgramRef> PackageOf(const Server& server) {
  const std::vector<ProgramRef> refs = IdentitiesOf(server);
  ProgramRef known;
  if (EntryOf(refs, &known)) return known;
  if (refs.empty()) return std::nullopt;
  return refs.front();
}

}  // namespace sandlint
