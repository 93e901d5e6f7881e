// `codex sandbox` (observed with 0.169 on Linux, where it is bubblewrap and a filter of system
// calls): all of the host can be read, every variable is passed on, and unix sockets are open.

#include <algorithm>
#include <array>
#include <string_view>

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
    {"profile", 'p', kRequired, kNotModelled, kTouches, kConfig},
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

void Confine(Layer& layer, const OptionResult& options, const PeelContext& context) {
  const OptionUse* profile = options.Find("permission-profile");
  if (profile == nullptr) profile = options.Find("permissions-profile");
  const OptionUse* automatic = options.Find("full-auto");
  const std::string name = profile != nullptr     ? profile->value.text
                           : automatic != nullptr ? ":workspace"
                                                  : ":read-only";
  const Word cause = profile != nullptr     ? profile->value
                     : automatic != nullptr ? automatic->option
                                            : layer.program;
  if (name == ":danger-full-access") return;
  layer.root = RootKind::Empty;
  Bind(layer, cause, "/", true, false);
  const std::string directory = DirectoryOf(options, context);
  if (name == ":workspace") Workspace(layer, cause, directory);
  Mount devices;
  devices.kind = MountKind::Devices;
  devices.option = cause;
  devices.target = MadeUp("/dev", cause);
  layer.mounts.push_back(devices);
  Mount proc = devices;
  proc.kind = MountKind::Proc;
  proc.target = MadeUp("/proc", cause);
  layer.mounts.push_back(std::move(proc));
  layer.namespaces.user = layer.namespaces.pid = cause;
  layer.no_new_privileges = layer.seccomp = cause;
  layer.shares_host_pids = false;
  layer.network = {NetworkMode::None, cause};
  layer.cap_drop = {MadeUp("ALL", cause)};
  if (name != ":read-only" && name != ":workspace") {
    AddNote(layer, cause, kTouches, "this profile of codex's own config is not read");
  } else if (profile == nullptr) {
    AddNote(layer, cause, kTouches, "the config of codex decides, which is not read");
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
