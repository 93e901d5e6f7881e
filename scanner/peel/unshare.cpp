// unshare (util-linux 2.38, the newer options of 2.40): namespaces and a root of one's own. The
// mounts stay what they were: a namespace alone hides nothing.

#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/privilege.h"
#include "scanner/peel/reread.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kOptional = OptionArg::Optional;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;
constexpr auto kNotModelled = OptionEffect::NotModelled;
constexpr std::string_view kMaps = "which ids it maps is not followed";

/// The letters take no value; the long names take one behind `=`.
constexpr auto kOptions = std::to_array<OptionSpec>({
    {"boottime", 0, kRequired},
    {"cgroup", 'C', kNone, kRead},
    {"cgroup", 0, kOptional, kRead},
    {"fork", 'f', kNone, kRead},
    {"help", 'h', kNone, kExits},
    {"ipc", 0, kOptional, kRead},
    {"ipc", 'i', kNone, kRead},
    {"keep-caps", 0, kNone, kRead},
    {"kill-child", 0, kOptional, kRead},
    {"load-interp", 'l', kRequired, kNotModelled, Facet::All, "it changes how programs start"},
    {"map-auto", 0, kNone, kNotModelled, Facet::Paths | Facet::Identity, kMaps},
    {"map-current-user", 'c', kNone, kRead},
    {"map-group", 0, kRequired, kRead},
    {"map-groups", 0, kRequired, kNotModelled, Facet::Paths | Facet::Identity, kMaps},
    {"map-root-user", 'r', kNone, kRead},
    {"map-user", 0, kRequired, kRead},
    {"map-users", 0, kRequired, kNotModelled, Facet::Paths | Facet::Identity, kMaps},
    {"monotonic", 0, kRequired},
    {"mount", 0, kOptional, kRead},
    {"mount", 'm', kNone, kRead},
    {"mount-proc", 0, kOptional, kRead},
    {"net", 0, kOptional, kRead},
    {"net", 'n', kNone, kRead},
    {"pid", 0, kOptional, kRead},
    {"pid", 'p', kNone, kRead},
    {"propagation", 0, kRequired},
    {"root", 'R', kRequired, kRead},
    {"setgid", 'G', kRequired, kRead},
    {"setgroups", 0, kRequired},
    {"setuid", 'S', kRequired, kRead},
    {"time", 0, kOptional},
    {"time", 'T'},
    {"user", 0, kOptional, kRead},
    {"user", 'U', kNone, kRead},
    {"uts", 0, kOptional, kRead},
    {"uts", 'u', kNone, kRead},
    {"version", 'V', kNone, kExits},
    {"wd", 'w', kRequired, kRead},
});

/// Options that imply a user namespace.
constexpr auto kUserOptions = std::to_array<std::string_view>(
    {"user", "map-root-user", "map-current-user", "map-user", "map-group"});

Word WordOf(const OptionResult& options, std::string_view name) {
  const OptionUse* use = options.Find(name);
  return use == nullptr ? Word{} : use->option;
}

void TakeNamespaces(Layer& layer, const OptionResult& options) {
  for (const std::string_view name : kUserOptions) {
    if (!layer.namespaces.user) layer.namespaces.user = WordOf(options, name);
  }
  layer.namespaces.ipc = WordOf(options, "ipc");
  layer.namespaces.uts = WordOf(options, "uts");
  layer.namespaces.cgroup = WordOf(options, "cgroup");
  if (const Word word = WordOf(options, "net")) layer.network = {NetworkMode::None, word};
  const Word pid = WordOf(options, "pid");
  if (!pid) return;
  if (options.Has("fork") || options.Has("kill-child")) {
    layer.namespaces.pid = pid;
    layer.shares_host_pids = false;
  } else {
    AddProblem(layer, pid,
               "without --fork the program stays among the processes of the host, and all that it "
               "starts after its first child fails",
               Answer::Unknown);
  }
}

/// The id inside. Without a map it is that of nobody.
void TakeUser(Layer& layer, const OptionResult& options, const PeelContext& context) {
  if (!layer.namespaces.user) {
    if (const OptionUse* use = options.Find("setuid")) layer.user = use->value;
    if (const OptionUse* use = options.Find("setgid")) layer.group = use->value;
    return;
  }
  if (const OptionUse* use = options.Find("map-root-user")) {
    layer.inner_uid = MadeUp("0", use->option);
  } else if (const OptionUse* name = options.Find("map-user")) {
    layer.inner_uid = name->value;
  } else if (const OptionUse* same = options.Find("map-current-user")) {
    const bool known = context.host != nullptr && !context.user;
    if (known) {
      layer.inner_uid = MadeUp(std::to_string(context.host->Caller().uid), same->option);
    }
  } else {
    layer.inner_uid = MadeUp("65534", layer.namespaces.user);
  }
  const bool all = options.Has("map-root-user") || options.Has("map-current-user");
  if (const OptionUse* use = options.Find("map-group")) {
    layer.inner_gid = use->value;
  } else if (all) {
    layer.inner_gid = layer.inner_uid.value_or(layer.namespaces.user);
  }
  for (const char* name : {"setuid", "setgid"}) {
    if (const OptionUse* use = options.Find(name)) {
      AddNote(layer, use->option, Facet::Paths | Facet::Identity,
              "who this is outside is not followed");
    }
  }
  // A program that is not root inside loses what unshare had.
  const bool root = layer.inner_uid && layer.inner_uid->text == "0";
  if (root || options.Has("keep-caps")) {
    layer.cap_add.push_back(MadeUp("ALL", layer.namespaces.user));
  }
}

void TakeRoot(Layer& layer, const OptionResult& options) {
  if (const OptionUse* use = options.Find("root")) {
    layer.root = RootKind::Empty;
    Mount mount;
    mount.option = use->option;
    mount.source = use->value;
    mount.target = MadeUp("/", use->option);
    mount.devices = true;
    layer.mounts.push_back(std::move(mount));
  }
  if (const OptionUse* use = options.Find("mount-proc")) {
    Mount mount;
    mount.kind = MountKind::Proc;
    mount.option = use->option;
    mount.target = use->value ? use->value : MadeUp("/proc", use->option);
    layer.mounts.push_back(std::move(mount));
    if (layer.namespaces.user && !layer.namespaces.pid) {
      AddProblem(layer, use->option,
                 "a user may mount the /proc of a pid namespace of its own only");
    }
  }
  if (const OptionUse* use = options.Find("wd")) layer.chdir = use->value;
}

/// Who is not root needs a user namespace for everything else.
void CheckRights(Layer& layer, const OptionResult& options, const PeelContext& context) {
  if (layer.namespaces.user) return;
  for (const char* name :
       {"net", "mount", "pid", "ipc", "uts", "cgroup", "root", "mount-proc", "setuid", "setgid"}) {
    if (const OptionUse* use = options.Find(name)) {
      NeedsRoot(layer, use->option, "only root may do this without --user or --map-root-user",
                context);
      return;
    }
  }
}

}  // namespace

bool UnsharesMounts(const Layer& unshare) {
  Layer again;
  const OptionResult options = ReadOptions(unshare.words, 1, kOptions, again);
  return options.Has("mount") || options.Has("mount-proc");
}

std::optional<Peeled> PeelUnshare(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "unshare") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "unshare", argv[0]);
  layer.as_pid_1 = argv[0];  // unshare itself stays outside of the new pid namespace
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer);
  TakeNamespaces(layer, options);
  TakeUser(layer, options, context);
  TakeRoot(layer, options);
  CheckRights(layer, options, context);
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (!options.understood) {
    peeled.unread = std::move(rest);
    return peeled;
  }
  if (rest.empty()) AddProblem(layer, argv[0], "no program is given: it starts a shell");
  peeled.rest = std::move(rest);
  return peeled;
}

}  // namespace sandlint
