// uvx, `uv tool run`, `uv run` and `pipx run`: the first word that is no option is the package (or,
// with --from or --spec, a program of it); `uv run` starts a program in the project's environment.

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
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;
constexpr auto kNotModelled = OptionEffect::NotModelled;

constexpr auto kUv = std::to_array<OptionSpec>(
    {{"active", 0},
     {"all-extras", 0},
     {"all-groups", 0},
     {"all-packages", 0},
     {"allow-insecure-host", 0, kRequired},
     {"cache-dir", 0, kRequired},
     {"color", 0, kRequired},
     {"compile-bytecode", 0},
     {"config-file", 0, kRequired},
     {"constraints", 'c', kRequired},
     {"default-index", 0, kRequired},
     {"dev", 0},
     {"directory", 0, kRequired, kRead},
     {"env-file", 0, kRequired, kNotModelled, Facet::Environment, "a file of variables"},
     {"exact", 0},
     {"exclude-newer", 0, kRequired},
     {"extra", 0, kRequired},
     {"extra-index-url", 0, kRequired},
     {"find-links", 'f', kRequired},
     {"from", 0, kRequired, kRead},
     {"frozen", 0},
     {"group", 0, kRequired},
     {"gui-script", 0},
     {"help", 'h', kNone, kExits},
     {"index", 0, kRequired},
     {"index-strategy", 0, kRequired},
     {"index-url", 'i', kRequired},
     {"isolated", 0},
     {"keyring-provider", 0, kRequired},
     {"link-mode", 0, kRequired},
     {"locked", 0},
     {"managed-python", 0},
     {"module", 'm', kNone, kRead},
     {"native-tls", 0},
     {"no-build", 0},
     {"no-build-isolation", 0},
     {"no-cache", 'n'},
     {"no-config", 0},
     {"no-default-groups", 0},
     {"no-dev", 0},
     {"no-editable", 0},
     {"no-env-file", 0},
     {"no-extra", 0, kRequired},
     {"no-group", 0, kRequired},
     {"no-index", 0},
     {"no-progress", 0},
     {"no-project", 0},
     {"no-python-downloads", 0},
     {"no-sources", 0},
     {"no-sync", 0},
     {"offline", 0},
     {"only-dev", 0},
     {"only-group", 0, kRequired},
     {"overrides", 0, kRequired},
     {"package", 0, kRequired},
     {"prerelease", 0, kRequired},
     {"project", 0, kRequired},
     {"python", 'p', kRequired},
     {"python-preference", 0, kRequired},
     {"quiet", 'q'},
     {"refresh", 0},
     {"refresh-package", 0, kRequired},
     {"reinstall", 0},
     {"reinstall-package", 0, kRequired},
     {"resolution", 0, kRequired},
     {"script", 's', kNone, kRead},
     {"system-certs", 0},
     {"upgrade", 'U'},
     {"upgrade-package", 'P', kRequired},
     {"verbose", 'v'},
     {"version", 'V', kNone, kExits},
     {"with", 'w', kRequired, kRead},
     {"with-editable", 0, kRequired},
     {"with-requirements", 0, kRequired}});
constexpr auto kPipx = std::to_array<OptionSpec>({{"backend", 0, kRequired},
                                                  {"editable", 'e'},
                                                  {"fetch-missing-python", 0},
                                                  {"help", 'h', kNone, kExits},
                                                  {"index-url", 'i', kRequired},
                                                  {"no-cache", 0},
                                                  {"no-path-check", 0},
                                                  {"path", 0, kNone, kRead},
                                                  {"pip-args", 0, kRequired},
                                                  {"pypackages", 0},
                                                  {"python", 0, kRequired},
                                                  {"quiet", 'q'},
                                                  {"spec", 0, kRequired, kRead},
                                                  {"system-site-packages", 0},
                                                  {"verbose", 'v'},
                                                  {"with", 0, kRequired}});

struct CommandRow {
  std::string_view tool;
  std::array<std::string_view, 2> commands;
  std::span<const OptionSpec> options;
  bool in_project;  ///< starts a program of the project, not a package
};

constexpr auto kCommands = std::to_array<CommandRow>({{"uvx", {"", ""}, kUv, false},
                                                      {"uv", {"tool", "run"}, kUv, false},
                                                      {"uv", {"x", ""}, kUv, false},
                                                      {"uv", {"run", ""}, kUv, true},
                                                      {"pipx", {"run", ""}, kPipx, false}});

/// The words without the subcommand; nothing when it is another one. Options of `uv` itself may
/// stand before it.
std::optional<std::vector<Word>> Without(Argv argv, const CommandRow& row) {
  std::vector<Word> words(argv.begin(), argv.end());
  for (const std::string_view command : row.commands) {
    if (command.empty()) continue;
    std::size_t at = 1;
    while (at < words.size() && words[at].text.starts_with('-')) {
      const bool value = words[at].text == "--directory" || words[at].text == "--project" ||
                         words[at].text == "--cache-dir" || words[at].text == "--config-file";
      at += value ? 2 : 1;
    }
    if (at >= words.size() || words[at].text != command) return std::nullopt;
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return words;
}

bool IsPythonFile(std::string_view path) { return path.ends_with(".py") || path == "-"; }

Peeled StartPackage(Peeled peeled, const OptionResult& options, std::vector<Word> rest) {
  Layer& layer = peeled.layer;
  const OptionUse* from = options.Find("from");
  if (from == nullptr) from = options.Find("spec");
  if (rest.empty()) {
    AddProblem(layer, layer.program, "no package is given");
    return peeled;
  }
  layer.package = PackageRef(from != nullptr ? from->value : rest.front(), "pypi");
  peeled.is_program = true;
  peeled.rest = std::move(rest);
  return peeled;
}

Peeled StartInProject(Peeled peeled, const OptionResult& options, std::vector<Word> rest) {
  Layer& layer = peeled.layer;
  layer.kind = LayerKind::Transparent;
  if (rest.empty()) {
    AddProblem(layer, layer.program, "no program is given");
    return peeled;
  }
  const OptionUse* module = options.Find("module");
  const bool file = IsPythonFile(rest.front().text) || options.Has("script") ||
                    rest.front().text.find("://") != std::string::npos;
  if (module != nullptr || file) {
    const Word& cause = module != nullptr ? module->option : rest.front();
    if (module != nullptr) rest.insert(rest.begin(), MadeUp("-m", cause));
    rest.insert(rest.begin(), MadeUp("python", cause));
  }
  peeled.rest = std::move(rest);
  return peeled;
}

}  // namespace

std::optional<Peeled> PeelUv(Argv argv, const PeelContext&) {
  if (argv.empty()) return std::nullopt;
  const std::string tool = ToolName(argv[0]);
  for (const CommandRow& row : kCommands) {
    if (row.tool != tool) continue;
    const auto words = Without(argv, row);
    if (!words) continue;
    Peeled peeled;
    peeled.layer = MakeLayer(LayerKind::Launcher, tool, argv[0]);
    if (tool != "pipx") peeled.layer.waits = Answer::Yes;
    const OptionResult options =
        ReadOptions(*words, 1, row.options, peeled.layer, {.abbreviations = false});
    std::vector<Word> rest = Consume(peeled.layer, *words, options.next);
    if (const OptionUse* use = options.Find("directory")) peeled.layer.chdir = use->value;
    if (!options.understood) {
      peeled.unread = std::move(rest);
      return peeled;
    }
    return row.in_project ? StartInProject(std::move(peeled), options, std::move(rest))
                          : StartPackage(std::move(peeled), options, std::move(rest));
  }
  return std::nullopt;
}

}  // namespace sandlint
