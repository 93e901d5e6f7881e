// sudo 1.9. By default (env_reset) the command gets the variables below and those that sudo sets;
// VAR=value words and --preserve-env=LIST add to them, -E keeps all. Both need SETENV in sudoers.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

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
constexpr auto kNotModelled = OptionEffect::NotModelled;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"askpass", 'A'},
    {"auth-type", 'a', kRequired},
    {"background", 'b'},
    {"bell", 'B'},
    {"chdir", 'D', kRequired, kRead},
    {"chroot", 'R', kRequired, kNotModelled, Facet::Paths, "the root of the command is another"},
    {"close-from", 'C', kRequired},
    {"command-timeout", 'T', kRequired, kRead},
    {"edit", 'e', kNone, kExits},
    {"group", 'g', kRequired, kRead},
    {"help", 0, kNone, kExits},
    {"host", 'h', kRequired, kExits},
    {"list", 'l', kNone, kExits},
    {"login", 'i', kNone, kRead},
    {"login-class", 'c', kRequired},
    {"no-update", 'N'},
    {"non-interactive", 'n'},
    {"other-user", 'U', kRequired},
    {"preserve-env", 0, OptionArg::Optional, kRead},
    {"preserve-env", 'E', kNone, kRead},  // takes nothing that is glued to it
    {"preserve-groups", 'P', kNone, kNotModelled, Facet::Paths | Facet::Identity,
     "the command keeps the caller's groups"},
    {"prompt", 'p', kRequired},
    {"remove-timestamp", 'K', kNone, kExits},
    {"reset-timestamp", 'k'},
    {"role", 'r', kRequired},
    {"set-home", 'H', kNone, kRead},
    {"shell", 's', kNone, kRead},
    {"stdin", 'S'},
    {"type", 't', kRequired},
    {"user", 'u', kRequired, kRead},
    {"validate", 'v', kNone, kExits},
    {"version", 'V', kNone, kExits},
});

/// env_keep and env_check of a sudoers file without settings of its own (sudoers(5), `sudo -V`).
const std::vector<std::string> kKept = {"COLORS",
                                        "COLORTERM",
                                        "DISPLAY",
                                        "HOSTNAME",
                                        "KRB5CCNAME",
                                        "LANG",
                                        "LANGUAGE",
                                        "LC_*",
                                        "LINGUAS",
                                        "LS_COLORS",
                                        "PS1",
                                        "PS2",
                                        "TERM",
                                        "TZ",
                                        "XAUTHORITY",
                                        "XAUTHORIZATION",
                                        "XDG_CURRENT_DESKTOP"};

constexpr auto kSetNames =
    std::to_array<std::string_view>({"HOME", "USER", "LOGNAME", "SHELL", "MAIL"});

/// Only `--preserve-env=LIST` has a value.
bool KeepsAll(const OptionUse& use) { return use.value.text.empty(); }

std::vector<std::string> SplitNames(const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    if (comma > begin) names.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return names;
}

void SetEnvironment(Layer& layer, const OptionResult& options, const Word& user,
                    const PeelContext& context) {
  std::vector<std::string> keep = kKept;
  const Word* keeps_all = nullptr;
  for (const OptionUse& use : options.uses) {
    if (use.name != "preserve-env") continue;
    if (KeepsAll(use)) {
      keeps_all = &use.option;
    } else {
      const std::vector<std::string> names = SplitNames(use.value.text);
      keep.insert(keep.end(), names.begin(), names.end());
      AddProblem(layer, use.option, "sudo keeps variables only where the sudoers file has SETENV",
                 Answer::Unknown);
    }
  }
  const bool login = options.Has("login");
  if (keeps_all != nullptr && !login) {
    AddProblem(layer, *keeps_all, "sudo -E needs SETENV in the sudoers file", Answer::Unknown);
  } else {
    AddReset(layer, layer.program, keep);
    layer.clears_on_exec = true;
  }
  // secure_path, with -E too.
  AddSet(layer, layer.program, MadeUp("PATH", layer.program), UnknownValue("PATH", layer.program));
  if (keeps_all == nullptr || login || options.Has("set-home")) {
    SetUserVariables(layer, layer.program, user, context, kSetNames);
  }
}

/// `VAR=value` words between the options and the command.
std::size_t ReadAssignments(std::span<const Word> argv, std::size_t next, Layer& layer) {
  for (; next < argv.size(); ++next) {
    const auto assignment = SplitAssignment(argv[next]);
    if (!assignment || assignment->key.text.empty() || argv[next].StartsUnknown()) break;
    AddSet(layer, argv[next], assignment->key, assignment->value);
  }
  return next;
}

/// `-h` alone asks for help; `sudo -h` with a value names a host.
void CheckEnd(Layer& layer, const OptionResult& options, bool empty) {
  const bool shell = options.Has("login") || options.Has("shell");
  if (!empty || !layer.start_problems.empty()) return;
  AddProblem(layer, layer.program,
             shell ? "sudo starts a shell that reads the client's messages as commands"
                   : "sudo is given no command");
}

}  // namespace

std::optional<Peeled> PeelSudo(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "sudo") return std::nullopt;
  Layer layer = MakeLayer(LayerKind::User, "sudo", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer);
  std::size_t next = options.next;
  Peeled peeled;
  if (options.understood) {
    const OptionUse* user = options.Find("user");
    const OptionUse* group = options.Find("group");
    if (group != nullptr) layer.group = UserWord(group->value);
    // With -g alone the user stays the caller.
    if (user != nullptr || group == nullptr) {
      layer.user = user != nullptr ? UserWord(user->value) : MadeUp("root", argv[0]);
    }
    const Word who = layer.user.value_or(UnknownValue("USER", argv[0]));
    SetEnvironment(layer, options, who, context);
    if (const OptionUse* use = options.Find("chdir")) layer.chdir = use->value;
    if (const OptionUse* use = options.Find("command-timeout")) layer.timeout = use->value;
    layer.login_shell = options.Has("login");
    next = ReadAssignments(argv, next, layer);
  }
  std::vector<Word> rest = Consume(layer, argv, next);
  if (options.understood) CheckEnd(layer, options, rest.empty());
  if (options.understood && !rest.empty() && rest.front().StartsUnknown() &&
      !options.ended_by_dashes) {
    NotUnderstood(layer, rest.front(), "it could be an assignment or the command");
    peeled.unread = std::move(rest);
  } else {
    (options.understood ? peeled.rest : peeled.unread) = std::move(rest);
  }
  peeled.layer = std::move(layer);
  return peeled;
}

}  // namespace sandlint
