// setpriv (util-linux 2.38, the newer options of 2.39 and 2.40): ids and privileges; environment
// and HOME stay unless --reset-env is given.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/reread.h"
#include "scanner/peel/user.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;
constexpr auto kNotModelled = OptionEffect::NotModelled;
constexpr std::string_view kCaps = "these capabilities are not followed";

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"ambient-caps", 0, kRequired, kRead},
    {"apparmor-profile", 0, kRequired, kNotModelled, Facet::All,
     "the AppArmor profile is not read"},
    {"bounding-set", 0, kRequired, kRead},
    {"clear-groups", 0, kNone, kRead},
    {"dump", 'd', kNone, kExits},
    {"egid", 0, kRequired, kRead},
    {"euid", 0, kRequired, kRead},
    {"groups", 0, kRequired, kRead},
    {"help", 'h', kNone, kExits},
    {"inh-caps", 0, kRequired, kRead},
    {"init-groups", 0, kNone, kRead},
    {"keep-groups", 0, kNone, kRead},
    {"landlock-access", 0, kRequired, kNotModelled, Facet::Paths | Facet::Egress,
     "Landlock rules are not followed"},
    {"landlock-rule", 0, kRequired, kNotModelled, Facet::Paths | Facet::Egress,
     "Landlock rules are not followed"},
    {"list-caps", 0, kNone, kExits},
    {"nnp", 0, kNone, kRead},
    {"no-new-privs", 0, kNone, kRead},
    {"pdeathsig", 0, kRequired},
    {"ptracer", 0, kRequired},
    {"regid", 0, kRequired, kRead},
    {"reset-env", 0, kNone, kRead},
    {"reuid", 0, kRequired, kRead},
    {"rgid", 0, kRequired, kRead},
    {"ruid", 0, kRequired, kRead},
    {"seccomp-filter", 0, kRequired, kRead},
    {"securebits", 0, kRequired, kNotModelled, Facet::Identity, "securebits are not followed"},
    {"selinux-label", 0, kRequired, kNotModelled, Facet::All, "the SELinux label is not followed"},
    {"version", 'V', kNone, kExits},
});

constexpr auto kSetNames =
    std::to_array<std::string_view>({"HOME", "USER", "LOGNAME", "SHELL", "PATH"});

/// The real and the effective id; where only one is set the process can go back to the other.
std::optional<Word> IdOf(Layer& layer, const OptionResult& options, std::string_view both,
                         std::string_view real, std::string_view effective) {
  if (const OptionUse* use = options.Find(both)) return use->value;
  const OptionUse* first = options.Find(real);
  const OptionUse* second = options.Find(effective);
  if (first != nullptr && second != nullptr && first->value.text == second->value.text) {
    return first->value;
  }
  if (const OptionUse* one = first != nullptr ? first : second) {
    AddNote(layer, one->option, Facet::Paths | Facet::Identity,
            "real and effective id are not the same");
  }
  return std::nullopt;
}

void SetGroups(Layer& layer, const OptionResult& options) {
  const OptionUse* last = nullptr;
  int seen = 0;
  for (const char* name : {"clear-groups", "init-groups", "keep-groups", "groups"}) {
    if (const OptionUse* use = options.Find(name)) {
      last = use;
      ++seen;
    }
  }
  if (seen > 1) AddProblem(layer, last->option, "setpriv takes only one choice of groups");
  const OptionUse* gid = options.Find("regid");
  if (gid == nullptr) gid = options.Find("rgid");
  if (gid == nullptr) gid = options.Find("egid");
  if (gid != nullptr && seen == 0) {
    AddProblem(layer, gid->option,
               "setpriv wants --clear-groups, --init-groups, --keep-groups or --groups with it");
  }
  const bool keeps = seen == 0 ? layer.user.has_value() : last->name == "keep-groups";
  if (keeps || (last != nullptr && last->name == "groups")) {
    AddNote(layer, last != nullptr ? last->option : layer.program, Facet::Paths,
            "the groups of the process are not those of its user");
  }
}

/// Those that lead to no file, no address and no other process.
constexpr auto kHarmless = std::to_array<std::string_view>(
    {"audit_write", "block_suspend", "ipc_lock", "lease", "net_bind_service", "net_broadcast",
     "net_raw", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "syslog", "wake_alarm"});

/// Does a list of capabilities give one that counts here? A word that is not known does.
bool GivesPower(const Word& list) {
  if (!list.Known()) return true;
  for (std::size_t at = 0; at <= list.text.size();) {
    const std::size_t comma = std::min(list.text.find(',', at), list.text.size());
    std::string_view item = std::string_view(list.text).substr(at, comma - at);
    at = comma + 1;
    if (item.starts_with('-')) continue;
    if (item.starts_with('+')) item.remove_prefix(1);
    if (std::ranges::find(kHarmless, item) == kHarmless.end()) return true;
  }
  return false;
}

/// Ambient capabilities outlive the change to somebody who is not root (observed); the other sets
/// give nothing by themselves.
void NoteCapabilities(Layer& layer, const OptionResult& options) {
  for (const char* name : {"bounding-set", "inh-caps", "ambient-caps"}) {
    const OptionUse* use = options.Find(name);
    if (use == nullptr) continue;
    const bool counts = use->name == "ambient-caps" && GivesPower(use->value);
    AddNote(layer, use->option, counts ? Facet::All : Facet::Identity, std::string(kCaps));
  }
}

}  // namespace

bool DropsCapabilities(const Layer& setpriv) {
  Layer again;
  const OptionResult options = ReadOptions(setpriv.words, 1, kOptions, again);
  const OptionUse* bounding = options.Find("bounding-set");
  const OptionUse* inherited = options.Find("inh-caps");
  return bounding != nullptr && inherited != nullptr && bounding->value.text == "-all" &&
         inherited->value.text == "-all" && !options.Has("ambient-caps");
}

bool HandsCapabilities(const Layer& setpriv) {
  Layer again;
  const OptionResult options = ReadOptions(setpriv.words, 1, kOptions, again);
  const OptionUse* ambient = options.Find("ambient-caps");
  return ambient != nullptr && GivesPower(ambient->value);
}

std::optional<Peeled> PeelSetpriv(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "setpriv") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::User, "setpriv", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer);
  layer.user = IdOf(layer, options, "reuid", "ruid", "euid");
  layer.group = IdOf(layer, options, "regid", "rgid", "egid");
  SetGroups(layer, options);
  NoteCapabilities(layer, options);
  for (const char* name : {"nnp", "no-new-privs"}) {
    if (const OptionUse* use = options.Find(name)) layer.no_new_privileges = use->option;
  }
  if (const OptionUse* use = options.Find("seccomp-filter")) layer.seccomp = use->option;
  if (const OptionUse* use = options.Find("reset-env")) {
    AddReset(layer, use->option, {"TERM"});
    SetUserVariables(layer, use->option, layer.user.value_or(UnknownValue("USER", argv[0])),
                     context, kSetNames);
  }
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (options.understood && rest.empty()) AddProblem(layer, argv[0], "no command is given");
  (options.understood ? peeled.rest : peeled.unread) = std::move(rest);
  return peeled;
}

}  // namespace sandlint
