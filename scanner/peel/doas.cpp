// doas (OpenBSD's and OpenDoas) and pkexec: a new environment, one user, no assignments.

#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/user.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;

constexpr auto kDoas = std::to_array<OptionSpec>({
    {"", 'C', kRequired, kExits},
    {"", 'L', kNone, kExits},
    {"", 'a', kRequired},
    {"", 'n'},
    {"", 's', kNone, kExits},
    {"user", 'u', kRequired, kRead},
});

constexpr auto kPkexec = std::to_array<OptionSpec>({
    {"disable-internal-agent", 0},
    {"help", 0, kNone, kExits},
    {"keep-cwd", 0},
    {"user", 'u', kRequired, kRead},
    {"version", 0, kNone, kExits},
});

constexpr auto kSetNames =
    std::to_array<std::string_view>({"HOME", "USER", "LOGNAME", "SHELL", "PATH"});

struct ToolRow {
  std::string_view name;
  std::span<const OptionSpec> options;
  std::vector<std::string> keep;  ///< from the environment outside
};

const std::array<ToolRow, 2> kTools = {{
    {"doas", kDoas, {"DISPLAY", "TERM"}},
    {"pkexec", kPkexec, {"COLORTERM", "LANG", "LANGUAGE", "LC_*", "LINGUAS", "TERM", "XAUTHORITY"}},
}};

}  // namespace

std::optional<Peeled> PeelDoas(Argv argv, const PeelContext& context) {
  if (argv.empty()) return std::nullopt;
  const std::string name = ToolName(argv[0]);
  for (const ToolRow& tool : kTools) {
    if (tool.name != name) continue;
    Peeled peeled;
    Layer& layer = peeled.layer = MakeLayer(LayerKind::User, tool.name, argv[0]);
    const OptionResult options = ReadOptions(argv, 1, tool.options, layer);
    const OptionUse* user = options.Find("user");
    layer.user = user != nullptr ? UserWord(user->value) : MadeUp("root", argv[0]);
    AddReset(layer, argv[0], tool.keep);
    layer.clears_on_exec = true;
    SetUserVariables(layer, argv[0], *layer.user, context, kSetNames);
    std::vector<Word> rest = Consume(layer, argv, options.next);
    if (options.understood && rest.empty()) AddProblem(layer, argv[0], "no command is given");
    (options.understood ? peeled.rest : peeled.unread) = std::move(rest);
    return peeled;
  }
  return std::nullopt;
}

}  // namespace sandlint
