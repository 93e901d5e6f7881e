// `systemctl start NAME`: a unit file of the tree, or of the machine, with its drop-ins left out.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/parse/systemd_unit.h"
#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/profile_file.h"
#include "scanner/peel/systemd_settings.h"

namespace sandlint {
namespace {

constexpr auto kRequired = OptionArg::Required;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kOptions = std::to_array<OptionSpec>({
    {"force", 'f'},
    {"help", 'h', OptionArg::None, OptionEffect::Exits},
    {"host", 'H', kRequired, OptionEffect::NotModelled, Facet::All, "it runs on another machine"},
    {"job-mode", 0, kRequired},
    {"machine", 'M', kRequired, OptionEffect::NotModelled, Facet::All, "it runs in a container"},
    {"no-ask-password", 0},
    {"no-block", 0},
    {"no-pager", 0},
    {"now", 0},
    {"quiet", 'q'},
    {"system", 0},
    {"user", 0, OptionArg::None, kRead},
    {"version", 0, OptionArg::None, OptionEffect::Exits},
    {"wait", 0},
});
constexpr auto kStarts =
    std::to_array<std::string_view>({"start", "restart", "reload-or-restart", "try-restart"});
/// Where people keep the units of a repository, and where the machine has its own.
constexpr auto kFolders = std::to_array<std::string_view>(
    {"", "systemd/", "systemd/user/", "systemd/system/", "deploy/", "units/", "contrib/systemd/",
     "etc/systemd/system/", ".config/systemd/user/", "/etc/systemd/system/", "/etc/systemd/user/",
     "/usr/lib/systemd/system/", "/usr/lib/systemd/user/"});
constexpr auto kEndings = std::to_array<std::string_view>({".service"});

std::optional<Word> FindUnit(const Word& name, const PeelContext& context) {
  std::string file = name.text;
  if (file.find('.') == std::string::npos) file += ".service";
  if (!file.ends_with(".service") || file.find('/') != std::string::npos) return std::nullopt;
  for (const std::string_view folder : kFolders) {
    Word path = name;
    path.text = std::string(folder) + file;
    if (auto text = ReadNamedFile(path, context, kEndings); text && text->span.source != nullptr) {
      return text;
    }
  }
  return std::nullopt;
}

/// The command behind its prefixes (`-`, `@`, `:`, `+`, `!`).
std::vector<Word> CommandOf(Layer& layer, std::vector<Word> words) {
  Word& program = words.front();
  while (!program.text.empty() &&
         std::string_view("-@:+!").find(program.text[0]) != std::string::npos) {
    const char prefix = program.text[0];
    if (prefix == '+' || prefix == '!') {
      AddNote(layer, program, Facet::All,
              "its prefix starts it outside of the sandbox of the unit");
    }
    program = Part(program, 1);
    if (prefix == '@' && words.size() > 1) words.erase(words.begin() + 1);
  }
  return words;
}

void TakeUnit(Peeled& peeled, const Source& unit, bool by_user, const PeelContext& context) {
  Layer& layer = peeled.layer;
  SystemdSettings settings;
  settings.user_manager = by_user;
  for (const UnitLine& line : ParseSystemdUnit(unit)) {
    if (line.section == "Service") ApplySystemdProperty(settings, line.key, line.value, context);
  }
  FinishSystemd(settings, layer, context);
  if (settings.commands.empty()) {
    AddProblem(layer, layer.profile->named_by, "its unit starts nothing");
    return;
  }
  if (settings.commands.size() > 1) {
    AddNote(layer, settings.commands[1].front(), Facet::All, "it starts more than one command");
  }
  peeled.rest = CommandOf(layer, settings.commands.front());
}

}  // namespace

std::optional<Peeled> PeelSystemctl(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "systemctl") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "systemctl", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer, {.permutes = true});
  const bool starts = options.understood && options.operands.size() == 2 &&
                      std::ranges::find(kStarts, options.operands[0].text) != kStarts.end();
  if (!starts) return std::nullopt;
  layer.words.assign(argv.begin(), argv.end());
  const Word& name = options.operands[1];
  layer.profile = Profile{{}, name, {}};
  AddProblem(layer, argv[0], "the service has no standard input and output of the client");
  const auto text = FindUnit(name, context);
  if (!text) {
    NotUnderstood(layer, name, fmt::format("no unit file of the tree is called {}", name.text));
    return peeled;
  }
  layer.profile->text = *text;
  TakeUnit(peeled, *text->span.source, options.Has("user"), context);
  return peeled;
}

}  // namespace sandlint
