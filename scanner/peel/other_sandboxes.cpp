// Sandboxes that are known and not followed: nono, ToolHive and Docker's MCP gateway. What they
// start is seen; what it may reach is not known, and each word that widens or narrows it is named.

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/package.h"
#include "scanner/peel/peelers.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kOptional = OptionArg::Optional;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;
constexpr auto kNotModelled = OptionEffect::NotModelled;
constexpr std::string_view kPath = "what nono allows is not followed";
constexpr std::string_view kNet = "what nono lets out is not followed";
constexpr std::string_view kSecret = "it hands a secret over";

/// nono 0.49.
constexpr auto kNono = std::to_array<OptionSpec>({
    {"allow", 'a', kRequired, kNotModelled, Facet::Paths, kPath},
    {"allow-command", 0, kRequired},
    {"allow-cwd", 0, kNone, kNotModelled, Facet::Paths, kPath},
    {"allow-domain", 0, kRequired, kNotModelled, Facet::Egress, kNet},
    {"allow-file", 0, kRequired, kNotModelled, Facet::Paths, kPath},
    {"allow-net", 0, kNone, kNotModelled, Facet::Egress, kNet},
    {"allow-port", 0, kRequired, kNotModelled, Facet::Egress, kNet},
    {"block-command", 0, kRequired},
    {"block-net", 0, kNone, kNotModelled, Facet::Egress, kNet},
    {"config", 'c', kRequired, kNotModelled, Facet::All, "its config is not read"},
    {"credential", 0, kRequired, kNotModelled, Facet::Environment, kSecret},
    {"dry-run", 0, kNone, kExits},
    {"env-credential", 0, kRequired, kNotModelled, Facet::Environment, kSecret},
    {"exec", 0},
    {"help", 'h', kNone, kExits},
    {"listen-port", 0, kRequired},
    {"net-allow", 0, kNone, kNotModelled, Facet::Egress, kNet},
    {"net-block", 0, kNone, kNotModelled, Facet::Egress, kNet},
    {"network-profile", 0, kRequired, kNotModelled, Facet::Egress, kNet},
    {"no-rollback", 0},
    {"profile", 'p', kRequired, kNotModelled, Facet::All, "its profile is not read"},
    {"read", 'r', kRequired, kNotModelled, Facet::Paths, kPath},
    {"read-file", 0, kRequired, kNotModelled, Facet::Paths, kPath},
    {"rollback", 0},
    {"silent", 's'},
    {"supervised", 0},
    {"theme", 0, kRequired},
    {"verbose", 'v'},
    {"workdir", 0, kRequired},
    {"write", 'w', kRequired, kNotModelled, Facet::Paths, kPath},
    {"write-file", 0, kRequired, kNotModelled, Facet::Paths, kPath},
});

constexpr std::string_view kProfile = "the permission profile is not read";
constexpr std::string_view kProxy = "how clients reach it is not followed";

/// ToolHive, 2026.
constexpr auto kThv = std::to_array<OptionSpec>({
    {"ca-cert", 0, kRequired},
    {"debug", 0},
    {"env", 'e', kRequired, kNotModelled, Facet::Environment, "its variables are not followed"},
    {"env-file", 0, kRequired, kNotModelled, Facet::Environment, "its variables are not followed"},
    {"env-file-dir", 0, kRequired, kNotModelled, Facet::Environment, kSecret},
    {"foreground", 'f'},
    {"from-config", 0, kRequired, kNotModelled, Facet::All, "its config is not read"},
    {"group", 0, kRequired},
    {"help", 'h', kNone, kExits},
    {"host", 0, kRequired, kNotModelled, Facet::None, kProxy},
    {"image-verification", 0, kRequired},
    {"isolate-network", 0, kOptional, kRead},
    {"label", 'l', kRequired},
    {"name", 0, kRequired},
    {"network", 0, kRequired, kNotModelled, Facet::Egress, "the network is not followed"},
    {"permission-profile", 0, kRequired, kNotModelled, Facet::Paths, kProfile},
    {"port", 0, kRequired, kNotModelled, Facet::None, kProxy},
    {"proxy-mode", 0, kRequired, kNotModelled, Facet::None, kProxy},
    {"proxy-port", 0, kRequired, kNotModelled, Facet::None, kProxy},
    {"secret", 0, kRequired, kNotModelled, Facet::Environment, kSecret},
    {"target-host", 0, kRequired, kNotModelled, Facet::None, kProxy},
    {"target-port", 0, kRequired, kNotModelled, Facet::None, kProxy},
    {"tools", 0, kRequired},
    {"transport", 0, kRequired, kNotModelled, Facet::None, kProxy},
    {"volume", 'v', kRequired, kNotModelled, Facet::Paths, "what it mounts is not followed"},
});

constexpr std::string_view kCatalogue = "what its catalogue gives each server is not read";

/// Docker's MCP gateway, 2026.
constexpr auto kGateway = std::to_array<OptionSpec>({
    {"additional-catalog", 0, kRequired, kNotModelled, Facet::All, kCatalogue},
    {"additional-config", 0, kRequired, kNotModelled, Facet::All, kCatalogue},
    {"additional-registry", 0, kRequired, kNotModelled, Facet::All, kCatalogue},
    {"additional-tools-config", 0, kRequired},
    {"allow-unauthenticated", 0},
    {"block-network", 0, kOptional, kNotModelled, Facet::Egress, kCatalogue},
    {"block-secrets", 0, kOptional},
    {"catalog", 0, kRequired, kNotModelled, Facet::All, kCatalogue},
    {"config", 0, kRequired, kNotModelled, Facet::All, kCatalogue},
    {"cpus", 0, kRequired},
    {"debug-dns", 0},
    {"dry-run", 0, kNone, kExits},
    {"enable-all-servers", 0, kOptional, kNotModelled, Facet::All, "it starts every server"},
    {"help", 'h', kNone, kExits},
    {"interceptor", 0, kRequired, kNotModelled, Facet::All, "it runs a program for each call"},
    {"log-calls", 0, kOptional},
    {"long-lived", 0, kOptional},
    {"mcp-registry", 0, kRequired, kNotModelled, Facet::All, kCatalogue},
    {"memory", 0, kRequired},
    {"oci-ref", 0, kRequired, kNotModelled, Facet::All, kCatalogue},
    {"port", 0, kRequired},
    {"registry", 0, kRequired, kNotModelled, Facet::All, kCatalogue},
    {"secrets", 0, kRequired, kNotModelled, Facet::Environment, kSecret},
    {"servers", 0, kRequired, kRead},
    {"static", 0, kOptional},
    {"tools", 0, kRequired},
    {"tools-config", 0, kRequired},
    {"transport", 0, kRequired},
    {"use-embeddings", 0, kOptional},
    {"verbose", 0},
    {"verify-signatures", 0, kOptional},
    {"watch", 0, kOptional},
});

bool StartsWith(Argv argv, std::initializer_list<std::string_view> words) {
  if (argv.size() < words.size() || argv.empty()) return false;
  std::size_t at = 0;
  for (const std::string_view word : words) {
    if ((at == 0 ? ToolName(argv[0]) : argv[at].text) != word) return false;
    ++at;
  }
  return true;
}

}  // namespace

std::optional<Peeled> PeelNono(Argv argv, const PeelContext&) {
  if (!StartsWith(argv, {"nono", "run"})) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "nono", argv[0]);
  const OptionResult options = ReadOptions(argv, 2, kNono, layer, {.abbreviations = false});
  AddNote(layer, argv[0], Facet::Paths | Facet::Egress, "what nono allows is not followed");
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (options.understood && rest.empty()) AddProblem(layer, argv[0], "no command is given");
  (options.understood ? peeled.rest : peeled.unread) = std::move(rest);
  return peeled;
}

/// The server, an image or `uvx://…`, runs in a container that ToolHive makes.
std::optional<Peeled> PeelThv(Argv argv, const PeelContext&) {
  if (!StartsWith(argv, {"thv", "run"})) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "thv", argv[0]);
  const OptionResult options =
      ReadOptions(argv, 2, kThv, layer, {.abbreviations = false, .permutes = true});
  const OptionUse* isolated = options.Find("isolate-network");
  AddNote(layer, argv[0], Facet::All, "what its container holds is not known");
  if (isolated == nullptr) {
    AddNote(layer, argv[0], Facet::Egress,
            "without --isolate-network the hosts of its profile are not enforced");
  }
  layer.words.assign(argv.begin(), argv.end());
  if (!options.understood || options.operands.empty()) return peeled;
  Word name = options.operands.front();
  const std::size_t scheme = name.text.find("://");
  const bool npm = name.text.starts_with("npx://"), python = name.text.starts_with("uvx://");
  if (npm || python) name = Part(name, scheme + 3);
  layer.package = PackageRef(name, python ? "pypi" : npm ? "npm" : "oci");
  peeled.is_program = true;
  peeled.rest = {std::move(name)};
  return peeled;
}

/// One process in front of many servers, each in a container by the catalogue.
std::optional<Peeled> PeelMcpGateway(Argv argv, const PeelContext&) {
  if (!StartsWith(argv, {"docker", "mcp", "gateway", "run"})) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "docker mcp gateway", argv[0]);
  const OptionResult options = ReadOptions(argv, 4, kGateway, layer, {.abbreviations = false});
  AddNote(layer, argv[0], Facet::All, std::string(kCatalogue));
  layer.words.assign(argv.begin(), argv.end());
  const OptionUse* servers = options.Find("servers");
  if (!options.understood || servers == nullptr) return peeled;
  peeled.is_program = true;
  peeled.rest = {servers->value};
  return peeled;
}

}  // namespace sandlint
