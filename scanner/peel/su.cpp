// su and runuser (util-linux): options are taken from behind the user too, up to `--`. Without a
// command both start a shell; `runuser -u` starts the words themselves.

#include <algorithm>
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

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"command", 'c', kRequired, kRead},
    {"fast", 'f'},
    {"group", 'g', kRequired, kRead},
    {"help", 'h', kNone, kExits},
    {"login", 'l', kNone, kRead},
    {"no-pty", 'T'},
    {"preserve-environment", 'm', kNone, kRead},
    {"", 'p', kNone, kRead},
    {"pty", 'P'},
    {"session-command", 0, kRequired, kRead},
    {"shell", 's', kRequired, kRead},
    {"supp-group", 'G', kRequired, OptionEffect::NotModelled, Facet::Paths | Facet::Identity,
     "it adds a group"},
    {"user", 'u', kRequired, kRead},  // runuser only
    {"version", 'V', kNone, kExits},
    {"whitelist-environment", 'w', kRequired, kRead},
});

constexpr auto kSetNames = std::to_array<std::string_view>({"HOME", "USER", "LOGNAME", "SHELL"});

/// One run of su, read.
struct SuCall {
  std::vector<Word> operands;  ///< `-`, the user and what is handed to the shell
  const Word* command = nullptr;
  const Word* login = nullptr;
  bool preserves = false;
};

std::vector<std::string> KeptNames(const OptionResult& options) {
  std::vector<std::string> keep{"COLORTERM", "NO_COLOR", "TERM"};
  for (const OptionUse& use : options.uses) {
    if (use.name != "whitelist-environment") continue;
    std::string rest = use.value.text;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      keep.push_back(rest.substr(0, comma));
      rest.erase(0, comma + 1);
    }
  }
  return keep;
}

void SetEnvironment(Layer& layer, const SuCall& call, const OptionResult& options,
                    const PeelContext& context) {
  if (call.login != nullptr) {
    AddReset(layer, *call.login, KeptNames(options));
    AddSet(layer, *call.login, MadeUp("PATH", *call.login), UnknownValue("PATH", *call.login));
    layer.login_shell = true;
    layer.clears_on_exec = true;
  } else if (call.preserves) {
    return;
  }
  SetUserVariables(layer, layer.program, *layer.user, context, kSetNames);
}

/// `-`, then the user, come first among the operands.
void TakeUser(Layer& layer, SuCall& call, const OptionResult& options) {
  auto& operands = call.operands;
  if (!operands.empty() && operands.front().text == "-") {
    layer.words.push_back(operands.front());
    call.login = &layer.words.back();
    operands.erase(operands.begin());
  }
  if (const OptionUse* use = options.Find("user")) {
    layer.user = UserWord(use->value);
  } else if (!operands.empty()) {
    layer.user = operands.front();
    layer.words.push_back(operands.front());
    operands.erase(operands.begin());
  } else {
    layer.user = MadeUp("root", layer.program);
  }
}

const Word* FindCommand(const OptionResult& options) {
  for (auto use = options.uses.rbegin(); use != options.uses.rend(); ++use) {
    if (use->name == "command" || use->name == "session-command") return &use->value;
  }
  return nullptr;
}

/// The shell that runs what is left, and its words.
std::vector<Word> ShellWords(const SuCall& call, const OptionResult& options, const Word& cause) {
  const OptionUse* shell = options.Find("shell");
  std::vector<Word> words{shell != nullptr ? shell->value : MadeUp("sh", cause)};
  if (call.command != nullptr) {
    words.push_back(MadeUp("-c", *call.command));
    words.push_back(*call.command);
  }
  words.insert(words.end(), call.operands.begin(), call.operands.end());
  return words;
}

}  // namespace

std::optional<Peeled> PeelSu(Argv argv, const PeelContext& context) {
  if (argv.empty()) return std::nullopt;
  const std::string name = ToolName(argv[0]);
  if (name != "su" && name != "runuser") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::User, name, argv[0]);
  layer.words.reserve(argv.size());  // SuCall points into it
  layer.words.push_back(argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer, {.permutes = true});
  layer.words.insert(layer.words.end(), options.consumed.begin(), options.consumed.end());
  SuCall call{options.operands, FindCommand(options), nullptr, false};
  call.operands.insert(call.operands.end(),
                       argv.begin() + static_cast<std::ptrdiff_t>(options.next), argv.end());
  if (!options.understood) {
    peeled.unread = std::move(call.operands);
    return peeled;
  }
  const OptionUse* login = options.Find("login");
  call.preserves = options.Has("preserve-environment") || options.Has("p");
  TakeUser(layer, call, options);
  if (login != nullptr) call.login = &login->option;
  if (const OptionUse* use = options.Find("group")) layer.group = use->value;
  SetEnvironment(layer, call, options, context);
  if (options.Has("user") && name == "runuser") {
    if (call.operands.empty()) AddProblem(layer, argv[0], "no command is given");
    peeled.rest = std::move(call.operands);
    return peeled;
  }
  if (call.command == nullptr && call.operands.empty()) {
    AddProblem(layer, argv[0], "it starts a shell that reads the client's messages as commands");
  }
  peeled.rest = ShellWords(call, options, argv[0]);
  return peeled;
}

}  // namespace sandlint
