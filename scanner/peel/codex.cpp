// `codex sandbox` (observed with 0.169 on Linux, where it is bubblewrap and a filter of system
// calls): all of the host can be read, every variable is passed on, and unix sockets are open.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/codex_profile.h"
#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kNotModelled = OptionEffect::NotModelled;
constexpr Facet kTouches = Facet::Paths | Facet::Egress;
constexpr std::string_view kConfig = "settings of codex that are not followed";

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"allow-unix-socket", 0, kRequired},
    {"cd", 'C', kRequired, kRead},
    {"config", 'c', kRequired, kNotModelled, kTouches, kConfig},
    {"disable", 0, kRequired, kNotModelled, kTouches, kConfig},
    {"enable", 0, kRequired, kNotModelled, kTouches, kConfig},
    {"full-auto", 0, kNone, kRead},
    {"help", 'h', kNone, OptionEffect::Exits},
    {"include-managed-config", 0, kNone, kNotModelled, kTouches, kConfig},
    {"log-denials", 0},
    {"permission-profile", 'P', kRequired, kRead},
    {"permissions-profile", 0, kRequired, kRead},
    {"profile", 'p', kRequired, kNotModelled, kTouches,
     "the config file of this profile, ~/.codex/PROFILE.config.toml, is not followed"},
    {"sandbox-state-disable-network", 0},
    {"sandbox-state-json", 0, kRequired, kNotModelled, kTouches, kConfig},
    {"sandbox-state-readable-root", 0, kRequired, kNotModelled, kTouches, kConfig},
});

/// Subcommands of older versions; newer ones take the word for the program.
constexpr auto kSystems =
    std::to_array<std::string_view>({"landlock", "linux", "macos", "seatbelt", "windows"});

void Bind(Layer& layer, const Word& cause, std::string path, bool read_only, bool optional) {
  Mount mount;
  mount.option = cause;
  mount.source = mount.target = MadeUp(std::move(path), cause);
  mount.read_only = read_only;
  mount.optional = optional;
  mount.devices = true;
  layer.mounts.push_back(std::move(mount));
}

/// The working directory and /tmp; what lies in the directory for git and codex stays read-only.
void Workspace(Layer& layer, const Word& cause, const std::string& directory) {
  Bind(layer, cause, "/tmp", false, true);
  if (directory.empty()) return;
  Bind(layer, cause, directory, false, false);
  for (const char* name : {"/.git", "/.codex", "/.agents"}) {
    Bind(layer, cause, directory + name, true, true);
  }
}

std::string DirectoryOf(const OptionResult& options, const PeelContext& context) {
  const std::string here =
      context.host == nullptr ? std::string() : context.host->WorkingDirectory();
  const OptionUse* use = options.Find("cd");
  if (use == nullptr) return here;
  return use->value.text.starts_with('/') ? use->value.text : here + "/" + use->value.text;
}

/// Is something below it opened again?
bool OpensBelow(const CodexProfile& profile, const std::string& path) {
  return std::ranges::any_of(profile.paths, [&](const CodexAccess& one) {
    const bool opens = one.access.text == "read" || one.access.text == "write";
    return opens && one.path.text.starts_with(path + "/");
  });
}

/// A mask over what is denied: its file is another one, its directory is closed but for a way to
/// what is opened again in it.
void Mask(Layer& layer, const CodexAccess& one, bool passable, const PeelContext& context) {
  const auto node = context.host == nullptr ? std::nullopt : context.host->Lstat(one.path.text);
  Mount mount;
  mount.kind = node && node->kind == NodeKind::File ? MountKind::Data : MountKind::Tmpfs;
  mount.option = one.access;
  mount.target = one.path;
  mount.mode = passable ? 0111 : 0;
  mount.read_only = true;
  layer.mounts.push_back(std::move(mount));
}

bool IsThere(const std::string& path, const PeelContext& context) {
  return context.host == nullptr || context.host->Lstat(path) || context.host->MayExist(path);
}

/// The most specific path wins: it is put last.
void ApplyPaths(Layer& layer, CodexProfile& profile, const PeelContext& context) {
  std::ranges::stable_sort(profile.paths, {},
                           [](const CodexAccess& one) { return one.path.text.size(); });
  for (const CodexAccess& one : profile.paths) {
    if (one.path.text == "/" && one.access.text == "read") continue;
    if (one.path.text == "/" || !one.path.Known()) {
      AddNote(layer, one.path, Facet::Paths, "it is not followed");
    } else if (!IsThere(one.path.text, context)) {
      continue;
    } else if (one.access.text == "read" || one.access.text == "write") {
      Mount mount;
      mount.option = one.access;
      mount.source = mount.target = one.path;
      mount.read_only = one.access.text == "read";
      mount.optional = mount.devices = true;
      layer.mounts.push_back(std::move(mount));
    } else {
      Mask(layer, one, OpensBelow(profile, one.path.text), context);
    }
  }
}

void ApplyNetwork(Layer& layer, const CodexProfile& profile) {
  if (!profile.network) return;
  layer.network = {profile.proxy ? NetworkMode::Unknown : NetworkMode::Inherit, profile.network};
}

/// Where the configs do not say, or where there may be more than could be read.
void DoubtConfigs(Layer& layer, const Word& cause, const CodexProfile& profile,
                  const CodexConfigs& configs, const PeelContext& context) {
  const bool symbolic = context.host == nullptr || context.host->Symbolic();
  if (!profile.found && configs.complete) {
    AddProblem(layer, cause, "no config of Codex has this profile");
  } else if (!profile.found || (!configs.complete && !symbolic)) {
    AddNote(layer, cause, kTouches,
            fmt::format("what {} says of this profile is not known", configs.missing));
  } else if (!configs.complete) {
    layer.profile = Profile{{}, cause, {}};  // assumed to be all
  }
}

void ApplyProfile(Layer& layer, const Word& cause, CodexProfile profile,
                  const CodexConfigs& configs, const PeelContext& context) {
  layer.notes.insert(layer.notes.end(), profile.notes.begin(), profile.notes.end());
  layer.start_problems.insert(layer.start_problems.end(), profile.problems.begin(),
                              profile.problems.end());
  const bool rooted = std::ranges::any_of(
      profile.paths, [](const CodexAccess& one) { return one.path.text == "/"; });
  if (profile.found && profile.base.empty() && !rooted) {
    AddProblem(layer, cause, "the profile shows no system: Codex's own helper may be hidden",
               Answer::Unknown);
    AddNote(layer, cause, Facet::Paths, "what such a profile shows is not followed");
  }
  ApplyPaths(layer, profile, context);
  ApplyNetwork(layer, profile);
  DoubtConfigs(layer, cause, profile, configs, context);
}

/// The word that names the profile, and its name.
struct Choice {
  Word cause;
  std::string name;
  bool given = false;  ///< by the line
};

Choice Choose(Layer& layer, const OptionResult& options, const CodexConfigs& configs) {
  const OptionUse* profile = options.Find("permission-profile");
  if (profile == nullptr) profile = options.Find("permissions-profile");
  if (profile != nullptr) return {profile->value, profile->value.text, true};
  if (const OptionUse* automatic = options.Find("full-auto"); automatic != nullptr) {
    AddNote(layer, automatic->option, kTouches, "the config of codex decides, which is not read");
    return {automatic->option, ":workspace", true};
  }
  Word set = DefaultCodexProfile(configs);
  if (!configs.complete) {
    AddNote(layer, layer.program, kTouches,
            fmt::format("{} decides, which is not known here", configs.missing));
  } else if (const Word mode = OtherCodexMode(configs); !set && mode) {
    AddNote(layer, mode, kTouches, "what this makes of a sandbox is not followed");
  }
  return {set ? set : layer.program, set ? set.text : ":read-only", false};
}

void AddDevices(Layer& layer, const Word& cause) {
  Mount devices;
  devices.kind = MountKind::Devices;
  devices.option = cause;
  devices.target = MadeUp("/dev", cause);
  layer.mounts.push_back(devices);
  Mount proc = devices;
  proc.kind = MountKind::Proc;
  proc.target = MadeUp("/proc", cause);
  layer.mounts.push_back(std::move(proc));
}

void Confine(Layer& layer, const OptionResult& options, const PeelContext& context) {
  const CodexConfigs configs = FindCodexConfigs(context);
  const auto [cause, name, given] = Choose(layer, options, configs);
  if (name == ":danger-full-access") return;
  const std::string directory = DirectoryOf(options, context);
  const OptionUse* cd = options.Find("cd");
  if (cd != nullptr && !cd->value.Known()) {
    AddNote(layer, cd->value, Facet::Paths, "where it begins is not known");
  }
  CodexProfile profile;
  const bool custom = !name.starts_with(':') && cause.Known();
  const std::string home = context.host == nullptr ? "~" : context.host->Caller().home;
  if (custom) profile = ReadCodexProfile(configs, cause, directory, home);
  layer.root = RootKind::Empty;
  Bind(layer, cause, "/", true, false);
  if ((custom ? profile.base : name) == ":workspace") Workspace(layer, cause, directory);
  AddDevices(layer, cause);
  layer.namespaces.user = layer.namespaces.pid = cause;
  layer.no_new_privileges = layer.seccomp = cause;
  layer.shares_host_pids = false;
  layer.network = {NetworkMode::None, cause};
  layer.cap_drop = {MadeUp("ALL", cause)};
  if (custom) return ApplyProfile(layer, cause, std::move(profile), configs, context);
  if (name != ":read-only" && name != ":workspace") {
    AddNote(layer, cause, kTouches, "this profile of codex is not known");
  }
}

}  // namespace

std::optional<Peeled> PeelCodex(Argv argv, const PeelContext& context) {
  if (argv.size() < 2 || ToolName(argv[0]) != "codex") return std::nullopt;
  const bool debug = argv[1].text == "debug" && argv.size() > 2;
  if (argv[1].text != "sandbox" && !debug) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "codex", argv[0]);
  std::size_t begin = 2;
  if (argv.size() > 2 && std::ranges::find(kSystems, argv[2].text) != kSystems.end()) {
    begin = 3;
    AddProblem(layer, argv[2], "newer versions of codex take this word for the program",
               Answer::Unknown);
  }
  const OptionResult options = ReadOptions(argv, begin, kOptions, layer);
  if (options.Has("full-auto")) {
    AddProblem(layer, options.Find("full-auto")->option,
               "newer versions of codex know no --full-auto here", Answer::Unknown);
  }
  Confine(layer, options, context);
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (options.understood && rest.empty()) AddProblem(layer, argv[0], "no command is given");
  (options.understood ? peeled.rest : peeled.unread) = std::move(rest);
  return peeled;
}

}  // namespace sandlint
