// npx and its relatives: `npm exec`, `pnpm dlx`, `yarn dlx`, `bunx`. The first word that is no
// option is the package (or, with --package, the program of it); what follows belongs to it. `npm
// run` runs a line of package.json in a shell.

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/npm_run.h"
#include "scanner/peel/npm_sandbox.h"
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

constexpr auto kNpm = std::to_array<OptionSpec>({{"call", 'c', kRequired, kRead},
                                                 {"cache", 0, kRequired},
                                                 {"foreground-scripts", 0},
                                                 {"help", 'h', kNone, kExits},
                                                 {"if-present", 0},
                                                 {"ignore-existing", 0},
                                                 {"ignore-scripts", 0},
                                                 {"include-workspace-root", 0},
                                                 {"loglevel", 0, kRequired},
                                                 {"no", 0},
                                                 {"no-audit", 0},
                                                 {"no-fund", 0},
                                                 {"no-install", 0},
                                                 {"no-progress", 0},
                                                 {"no-update-notifier", 0},
                                                 {"no-color", 0},
                                                 {"node-options", 0, kRequired},
                                                 {"offline", 0},
                                                 {"package", 'p', kRequired, kRead},
                                                 {"prefer-offline", 0},
                                                 {"prefer-online", 0},
                                                 {"prefix", 0, kRequired, kRead},
                                                 {"", 'C', kRequired, kRead},
                                                 {"quiet", 'q'},
                                                 {"", 'd'},
                                                 {"registry", 0, kRequired},
                                                 {"script-shell", 0, kRequired, kRead},
                                                 {"silent", 's'},
                                                 {"userconfig", 0, kRequired},
                                                 {"version", 'v', kNone, kExits},
                                                 {"workspace", 'w', kRequired, kRead},
                                                 {"workspaces", 0, kNone, kRead},
                                                 {"yes", 0, kOptional},
                                                 {"yes", 'y'}});
constexpr auto kPnpm = std::to_array<OptionSpec>({{"allow-build", 0, kRequired},
                                                  {"config", 0, kRequired},
                                                  {"dir", 'C', kRequired, kRead},
                                                  {"filter", 'F', kRequired, kRead},
                                                  {"help", 'h', kNone, kExits},
                                                  {"if-present", 0},
                                                  {"offline", 0},
                                                  {"package", 0, kRequired, kRead},
                                                  {"prefer-offline", 0},
                                                  {"recursive", 'r', kNone, kRead},
                                                  {"registry", 0, kRequired},
                                                  {"reporter", 0, kRequired},
                                                  {"shell-mode", 'c', kNone, kRead},
                                                  {"silent", 's'},
                                                  {"workspace-root", 'w', kNone, kRead}});
constexpr auto kYarn = std::to_array<OptionSpec>({{"cwd", 0, kRequired, kRead},
                                                  {"frozen-lockfile", 0},
                                                  {"help", 'h', kNone, kExits},
                                                  {"package", 'p', kRequired, kRead},
                                                  {"quiet", 'q'},
                                                  {"silent", 's'}});
constexpr auto kBun = std::to_array<OptionSpec>({{"bun", 'b'},
                                                 {"cwd", 0, kRequired, kRead},
                                                 {"env-file", 0, kRequired, kRead},
                                                 {"help", 'h', kNone, kExits},
                                                 {"hot", 0},
                                                 {"if-present", 0},
                                                 {"install", 0, kRequired},
                                                 {"no-install", 0},
                                                 {"package", 'p', kRequired, kRead},
                                                 {"prefer-offline", 0},
                                                 {"preload", 'r', kRequired, kRead},
                                                 {"silent", 0},
                                                 {"smol", 0},
                                                 {"verbose", 0},
                                                 {"version", 'v', kNone, kExits},
                                                 {"watch", 0}});

enum class Does : std::uint8_t { Fetch, Run, RunOrFile };

struct CommandRow {
  std::string_view tool;
  std::string_view command;  ///< empty: the tool itself
  std::span<const OptionSpec> options;
  Does does;
};

constexpr auto kCommands = std::to_array<CommandRow>({
    {"npx", "", kNpm, Does::Fetch},         {"npm", "exec", kNpm, Does::Fetch},
    {"npm", "x", kNpm, Does::Fetch},        {"npm", "run", kNpm, Does::Run},
    {"npm", "run-script", kNpm, Does::Run}, {"npm", "rum", kNpm, Does::Run},
    {"npm", "urn", kNpm, Does::Run},        {"npm", "start", kNpm, Does::Run},
    {"npm", "test", kNpm, Does::Run},       {"npm", "restart", kNpm, Does::Run},
    {"pnpx", "", kPnpm, Does::Fetch},       {"pnpm", "dlx", kPnpm, Does::Fetch},
    {"pnpm", "exec", kPnpm, Does::Fetch},   {"pnpm", "run", kPnpm, Does::Run},
    {"pnpm", "start", kPnpm, Does::Run},    {"yarn", "dlx", kYarn, Does::Fetch},
    {"yarn", "exec", kYarn, Does::Fetch},   {"yarn", "run", kYarn, Does::Run},
    {"yarn", "start", kYarn, Does::Run},    {"bunx", "", kBun, Does::Fetch},
    {"bun", "x", kBun, Does::Fetch},        {"bun", "run", kBun, Does::RunOrFile},
});

/// The row, and how many words of argv name it (options of the tool may stand in between).
struct Found {
  const CommandRow* row = nullptr;
  std::size_t at = 0;  ///< index of the subcommand, 0 for none
};

Found FindCommand(Argv argv, std::string_view tool) {
  for (const CommandRow& row : kCommands) {
    if (row.tool != tool) continue;
    if (row.command.empty()) return {&row, 0};
    for (std::size_t at = 1; at < argv.size(); ++at) {
      if (argv[at].text == row.command) return {&row, at};
      if (!argv[at].text.starts_with('-')) {
        // The value of an option of the tool, or another subcommand.
        const std::string& before = argv[at - 1].text;
        const bool value = at > 1 && (before == "--prefix" || before == "-C" || before == "--dir" ||
                                      before == "--cwd" || before == "-w" || before == "--filter");
        if (!value) break;
      }
    }
  }
  return {};
}

std::vector<Word> Rest(const OptionResult& options, Argv words) {
  std::vector<Word> rest = options.operands;
  rest.insert(rest.end(),
              words.begin() + static_cast<std::ptrdiff_t>(std::min(options.next, words.size())),
              words.end());
  return rest;
}

/// `npm exec PACKAGE --option -- words`: npm reads options up to the dashes and takes them off
/// (observed with npm 11), where npx puts dashes of its own before the package.
void TakeDashes(Layer& layer, std::vector<Word>& argv) {
  for (auto word = argv.begin() + 1; word != argv.end(); ++word) {
    if (word->text == "--") {
      argv.erase(word);
      return;
    }
    if (word->text.starts_with('-') || word->StartsUnknown()) {
      NotUnderstood(layer, *word, "npm takes it for itself: `--` is missing before it");
      return;
    }
  }
}

Peeled Fetch(Peeled peeled, const OptionResult& options, std::vector<Word> rest,
             const CommandRow& row) {
  Layer& layer = peeled.layer;
  layer.kind = LayerKind::Launcher;
  if (row.tool != "npx" && row.tool != "bunx") layer.tool = row.tool;
  const OptionUse* package = options.Find("package");
  if (const OptionUse* call = options.Find("call"); call != nullptr && rest.empty()) {
    if (package != nullptr) layer.package = PackageRef(package->value, "npm");
    peeled.rest = {MadeUp("sh", call->option), MadeUp("-c", call->option), call->value};
    return peeled;
  }
  if (rest.empty() && package == nullptr) {
    AddProblem(layer, layer.program, "no package is given");
    return peeled;
  }
  layer.package = PackageRef(package != nullptr ? package->value : rest.front(), "npm");
  if (options.Has("shell-mode")) {
    NotUnderstood(layer, options.Find("shell-mode")->option, "its words are a shell line");
    peeled.unread = std::move(rest);
    return peeled;
  }
  if (rest.empty()) rest = {package->value};
  if (auto argv = ToolOfPackage(*layer.package, package != nullptr, rest)) {
    if (row.tool == "npm") TakeDashes(layer, *argv);
    peeled.rest = std::move(*argv);
    return peeled;
  }
  // A package of the machine's own programs (`npx bwrap`) stays what it is: never peeled.
  peeled.is_program = true;
  peeled.rest = std::move(rest);
  return peeled;
}

}  // namespace

std::optional<Peeled> PeelNpm(Argv argv, const PeelContext& context) {
  if (argv.empty()) return std::nullopt;
  const std::string tool = ToolName(argv[0]);
  const Found found = FindCommand(argv, tool);
  if (found.row == nullptr) return std::nullopt;
  Peeled peeled;
  peeled.layer = MakeLayer(LayerKind::Launcher, tool, argv[0]);
  peeled.layer.waits = Answer::Yes;
  // Options of the tool may stand before its subcommand: they are read as one line.
  std::vector<Word> words(argv.begin(), argv.end());
  if (found.at > 0) words.erase(words.begin() + static_cast<std::ptrdiff_t>(found.at));
  const bool runs = found.row->does != Does::Fetch;
  OptionResult options = ReadOptions(words, 1, found.row->options, peeled.layer,
                                     {.abbreviations = false, .permutes = runs && tool == "npm"});
  std::vector<Word> rest = Rest(options, words);
  peeled.layer.words.assign(argv.begin(), argv.end() - static_cast<std::ptrdiff_t>(
                                                           std::min(rest.size(), argv.size() - 1)));
  if (!options.understood) {
    peeled.unread = std::move(rest);
    return peeled;
  }
  if (!runs) return Fetch(std::move(peeled), options, std::move(rest), *found.row);
  return RunPackageScript(std::move(peeled),
                          {found.row->command, found.row->does == Does::RunOrFile}, options,
                          std::move(rest), context);
}

}  // namespace sandlint
