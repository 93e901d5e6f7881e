#include "scanner/need/identity.h"

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

/// PEP 503: runs of `-`, `_` and `.` are one `-`.
std::string NormalPypi(std::string_view name) {
  std::string normal;
  for (const char c : Lower(name.substr(0, name.find('[')))) {
    const bool separator = c == '-' || c == '_' || c == '.';
    if (!separator)
      normal += c;
    else if (!normal.ends_with('-'))
      normal += '-';
  }
  return normal;
}

std::string NormalImage(std::string_view name) {
  for (const std::string_view prefix : {"docker.io/", "index.docker.io/", "library/"}) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  }
  return Lower(name);
}

std::string NormalProgram(std::string_view name) {
  std::string base(name.substr(name.find_last_of("/\\") + 1));
  for (const std::string_view ending : {".exe", ".cmd", ".bat"}) {
    if (Lower(base).ends_with(ending)) base.resize(base.size() - ending.size());
  }
  return base;
}

/// `…/node_modules/@scope/name/dist/index.js` -> `@scope/name`.
std::optional<std::string> NodePackage(std::string_view path) {
  constexpr std::string_view kFolder = "node_modules/";
  const std::size_t at = path.rfind(kFolder);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = path.substr(at + kFolder.size());
  std::size_t end = rest.find('/');
  if (rest.starts_with('@') && end != std::string_view::npos) end = rest.find('/', end + 1);
  const std::string_view name = rest.substr(0, end);
  if (name.empty() || name.starts_with('.')) return std::nullopt;
  return std::string(name);
}

void AddLayer(const Layer& layer, std::vector<ProgramRef>& refs) {
  if (layer.package && !layer.package->name.empty()) {
    const ProgramRef& package = *layer.package;
    if (const auto inside = NodePackage(package.name); inside && package.ecosystem == "file") {
      refs.push_back({"npm", *inside, {}, false, package.word});
    }
    refs.push_back(package);
  }
  if (layer.kind == LayerKind::Program && !layer.program.text.empty()) {
    // pip installs most of them as a program of the package's name. The folder may hang on a
    // variable: the name is what counts.
    const Word name = Part(layer.program, layer.program.text.rfind('/') + 1);
    if (name.Known()) refs.push_back({"pypi", NormalProgram(name.text), {}, false, name});
  }
  if (layer.kind != LayerKind::Interpreter && layer.kind != LayerKind::Program) return;
  // `node …/node_modules/NAME/index.js`: the script stands among the words.
  for (const Word& word : layer.words) {
    if (!word.text.starts_with('-') && word.text.find("node_modules/") != std::string::npos) {
      if (const auto name = NodePackage(word.text)) refs.push_back({"npm", *name, {}, false, word});
    }
  }
}

struct SchemePort {
  std::string_view scheme;
  std::string_view port;
};
constexpr auto kPorts = std::to_array<SchemePort>({
    {"http", "80"},
    {"https", "443"},
    {"ws", "80"},
    {"wss", "443"},
    {"postgres", "5432"},
    {"postgresql", "5432"},
    {"mysql", "3306"},
    {"mariadb", "3306"},
    {"redis", "6379"},
    {"rediss", "6379"},
    {"mongodb", "27017"},
    {"bolt", "7687"},
    {"neo4j", "7687"},
    {"neo4j+s", "7687"},
    {"amqp", "5672"},
    {"clickhouse", "9000"},
});

}  // namespace

std::vector<ProgramRef> IdentitiesOf(const Server& server) {
  std::vector<ProgramRef> refs;
  for (const Launch& launch : server.launches) {
    for (auto layer = launch.layers.rbegin(); layer != launch.layers.rend(); ++layer) {
      AddLayer(*layer, refs);
    }
  }
  if (const auto url = HostOfUrl(server.decl.url.text)) {
    refs.push_back({"url", url->host, {}, false, server.decl.url});
  }
  return refs;
}

std::string CatalogueKey(const ProgramRef& ref) {
  if (ref.name.empty() || !ref.word.Known()) return {};
  if (ref.ecosystem == "npm") return "npm:" + Lower(ref.name);
  if (ref.ecosystem == "pypi") return "pypi:" + NormalPypi(ref.name);
  if (ref.ecosystem == "oci") return "oci:" + NormalImage(ref.name);
  if (ref.ecosystem == "url") return "url:" + Lower(ref.name);
  if (ref.ecosystem == "bin" || ref.ecosystem == "file") return "bin:" + NormalProgram(ref.name);
  return {};
}

std::optional<UrlHost> HostOfUrl(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  UrlHost url;
  url.scheme = Lower(text.substr(0, colon));
  const auto scheme_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  if (!std::ranges::all_of(url.scheme, scheme_character)) return std::nullopt;
  std::string_view authority = text.substr(colon + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  authority.remove_prefix(std::min(authority.rfind('@') + 1, authority.size()));
  const std::size_t bracket = authority.find(']');
  const std::size_t port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = Lower(authority.substr(0, port));
  if (url.host.empty() || url.host.find_first_of("${} ") != std::string::npos) return std::nullopt;
  if (port != std::string_view::npos) url.port = authority.substr(port + 1);
  if (url.port.empty()) {
    const auto row = std::ranges::find(kPorts, url.scheme, &SchemePort::scheme);
    if (row != kPorts.end()) url.port = row->port;
  }
  return url;
}

}  // namespace sandlint
