// nsjail (cmdline.cc of 2026; no run of the real program stands behind it): an environment that is
// cleared, no network and ten minutes to live, unless its config or its line says otherwise.

#include <algorithm>
#include <array>

#include "scanner/peel/name.h"
#include "scanner/peel/nsjail_settings.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/profile_file.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kNotModelled = OptionEffect::NotModelled;
constexpr auto kEgress = Facet::Egress;
constexpr std::string_view kInterface = "it has an interface of its own";
constexpr std::string_view kIds = "which ids it maps is not followed";

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"bindhost", 0, kRequired},
    {"bindmount", 'B', kRequired, kRead},
    {"bindmount_ro", 'R', kRequired, kRead},
    {"cap", 0, kRequired, kRead},
    {"cgroup_mem_max", 0, kRequired},
    {"cgroup_pids_max", 0, kRequired},
    {"chroot", 'c', kRequired, kRead},
    {"config", 'C', kRequired, kRead},
    {"cwd", 'D', kRequired, kRead},
    {"daemon", 'd'},
    {"detect_cgroupv2", 0},
    {"disable_clone_newcgroup", 0},
    {"disable_clone_newipc", 0},
    {"disable_clone_newnet", 'N', kNone, kRead},
    {"disable_clone_newns", 0, kNone, kNotModelled, Facet::Paths,
     "without mounts of its own the files are those outside"},
    {"disable_clone_newpid", 0, kNone, kRead},
    {"disable_clone_newuser", 0, kNone, kRead},
    {"disable_clone_newuts", 0},
    {"disable_no_new_privs", 0, kNone, kRead},
    {"disable_proc", 0, kNone, kRead},
    {"disable_rlimits", 0},
    {"enable_clone_newtime", 0},
    {"env", 'E', kRequired, kRead},
    {"exec_file", 'x', kRequired, kRead},
    {"execute_fd", 0},
    {"forward_signals", 0},
    {"gid_mapping", 'G', kRequired, kNotModelled, Facet::Identity, kIds},
    {"group", 'g', kRequired},
    {"help", 'h', kNone, OptionEffect::Exits},
    {"hostname", 'H', kRequired},
    {"iface_no_lo", 0},
    {"iface_own", 0, kRequired, kNotModelled, kEgress, kInterface},
    {"keep_caps", 0, kNone, kRead},
    {"keep_env", 'e', kNone, kRead},
    {"log", 'l', kRequired},
    {"log_fd", 'L', kRequired},
    {"macvlan_iface", 'I', kRequired, kNotModelled, kEgress, kInterface},
    {"max_conns_per_ip", 'i', kRequired},
    {"max_cpus", 0, kRequired},
    {"mode", 'M', kRequired},
    {"mount", 'm', kRequired, kNotModelled, Facet::Paths, "what it mounts is not followed"},
    {"nice_level", 0, kRequired},
    {"no_pivotroot", 0, kNone, kNotModelled, Facet::Paths, "a changed root can be left again"},
    {"oom_score_adj", 0, kRequired},
    {"pass_fd", 0, kRequired, kNotModelled, Facet::None, "what is open there is not known"},
    {"port", 'p', kRequired},
    {"proc_path", 0, kRequired},
    {"proc_rw", 0},
    {"quiet", 'q'},
    {"really_quiet", 'Q'},
    {"rlimit_as", 0, kRequired},
    {"rlimit_core", 0, kRequired},
    {"rlimit_cpu", 0, kRequired},
    {"rlimit_fsize", 0, kRequired},
    {"rlimit_nofile", 0, kRequired},
    {"rlimit_nproc", 0, kRequired},
    {"rlimit_stack", 0, kRequired},
    {"rw", 0, kNone, kRead},
    {"seccomp_log", 0},
    {"seccomp_policy", 'P', kRequired},
    {"seccomp_string", 0, kRequired},
    {"silent", 0},
    {"skip_setsid", 0},
    {"stderr_to_null", 0},
    {"symlink", 's', kRequired, kNotModelled, Facet::Paths, "what it links is not followed"},
    {"time_limit", 't', kRequired, kRead},
    {"tmpfsmount", 'T', kRequired, kRead},
    {"uid_mapping", 'U', kRequired, kNotModelled, Facet::Paths | Facet::Identity, kIds},
    {"use_cgroupv2", 0},
    {"user", 'u', kRequired, kRead},
    {"user_net", 0, kNone, kRead},
    {"verbose", 'v'},
});
constexpr auto kEndings = std::to_array<std::string_view>({".cfg", ".json", ".textproto", ".conf"});

using Settings = NsjailSettings;
struct FlagRow {
  std::string_view option;
  Word Settings::*where;
};
/// Options that say yes.
constexpr auto kFlags = std::to_array<FlagRow>({
    {"disable_clone_newnet", &Settings::shares_network},
    {"disable_clone_newpid", &Settings::shares_processes},
    {"disable_clone_newuser", &Settings::shares_users},
    {"disable_no_new_privs", &Settings::gains_privileges},
    {"disable_proc", &Settings::no_proc},
    {"keep_caps", &Settings::keeps_capabilities},
    {"keep_env", &Settings::keeps_environment},
    {"rw", &Settings::writable_root},
    {"user_net", &Settings::user_network},
});
/// Options with a value.
constexpr auto kValues = std::to_array<FlagRow>({
    {"chroot", &Settings::root},
    {"cwd", &Settings::directory},
    {"time_limit", &Settings::time_limit},
    {"user", &Settings::user},
});

void ReadConfig(Settings& settings, Layer& layer, const Word& name, const PeelContext& context) {
  layer.profile = Profile{{}, name, {}};
  const auto text = ReadNamedFile(name, context, kEndings);
  if (!text || text->span.source == nullptr) {
    NotUnderstood(layer, name, "this config cannot be read here");
    if (NamedFileIsMissing(name, context)) AddProblem(layer, name, "there is no such config");
    return;
  }
  layer.profile->text = *text;
  const Source& source = *text->span.source;
  const ProtoText config =
      name.text.ends_with(".json") ? ParseProtoJson(source) : ParseProtoText(source);
  if (config.problem) {
    Word place = name;
    place.span = config.problem;
    AddProblem(layer, place, "the config cannot be read from here on", Answer::Unknown);
    NotUnderstood(layer, place, "the config cannot be read from here on");
  }
  ApplyNsjailConfig(settings, config.fields);
}

void ReadLine(Settings& settings, const OptionResult& options) {
  for (const OptionUse& use : options.uses) {
    const auto flag = std::ranges::find(kFlags, use.name, &FlagRow::option);
    const auto value = std::ranges::find(kValues, use.name, &FlagRow::option);
    if (flag != kFlags.end()) settings.*flag->where = use.option;
    if (value != kValues.end()) settings.*value->where = use.value;
    if (use.name == "bindmount" || use.name == "bindmount_ro") {
      settings.mounts.push_back(NsjailBind(use.option, use.value, use.name == "bindmount"));
    } else if (use.name == "env") {
      settings.environment.push_back(NsjailVariable(use.option, use.value));
    } else if (use.name == "cap") {
      settings.capabilities.push_back(use.value);
    } else if (use.name == "tmpfsmount") {
      Mount mount;
      mount.kind = MountKind::Tmpfs;
      mount.option = use.option;
      mount.target = use.value;
      settings.mounts.push_back(std::move(mount));
    }
  }
}

void PutMounts(Layer& layer, const Settings& settings) {
  layer.root = RootKind::Empty;
  if (settings.root) {
    Mount root = NsjailBind(settings.root, settings.root, true);
    root.source = settings.root;
    root.target = MadeUp("/", settings.root);
    root.read_only = !settings.writable_root;
    layer.mounts.push_back(std::move(root));
  }
  layer.mounts.insert(layer.mounts.end(), settings.mounts.begin(), settings.mounts.end());
  if (settings.no_proc) return;
  Mount proc;
  proc.kind = MountKind::Proc;
  proc.option = layer.program;
  proc.target = MadeUp("/proc", layer.program);
  layer.mounts.insert(layer.mounts.begin() + (settings.root ? 1 : 0), std::move(proc));
}

void PutNetwork(Layer& layer, const Settings& settings) {
  if (settings.shares_network) return;
  const Word& word = settings.user_network ? settings.user_network : layer.program;
  layer.network.mode = settings.user_network ? NetworkMode::Private : NetworkMode::None;
  layer.network.word = word;
  if (settings.user_network) {
    AddNote(layer, word, Facet::Egress, "what its network of user space lets out is not followed");
  }
}

void Put(Layer& layer, const Settings& settings) {
  layer.notes.insert(layer.notes.end(), settings.notes.begin(), settings.notes.end());
  PutMounts(layer, settings);
  PutNetwork(layer, settings);
  if (!settings.keeps_environment) AddReset(layer, layer.program);
  layer.environment.insert(layer.environment.end(), settings.environment.begin(),
                           settings.environment.end());
  if (!settings.shares_users) layer.namespaces.user = layer.program;
  if (!settings.shares_processes) layer.namespaces.pid = layer.program;
  layer.shares_host_pids = static_cast<bool>(settings.shares_processes);
  layer.as_pid_1 = layer.program;
  if (!settings.gains_privileges) layer.no_new_privileges = layer.program;
  if (settings.keeps_capabilities)
    layer.cap_add.push_back(MadeUp("ALL", settings.keeps_capabilities));
  layer.cap_add.insert(layer.cap_add.end(), settings.capabilities.begin(),
                       settings.capabilities.end());
  if (settings.user) layer.inner_uid = Part(settings.user, 0, settings.user.text.find(':'));
  if (settings.directory) layer.chdir = settings.directory;
  const bool endless = settings.time_limit && settings.time_limit.text == "0";
  if (!endless) {
    layer.timeout = settings.time_limit ? settings.time_limit : MadeUp("600", layer.program);
  }
}

}  // namespace

std::optional<Peeled> PeelNsjail(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "nsjail") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "nsjail", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer);
  Settings settings;
  if (const OptionUse* use = options.Find("config")) {
    ReadConfig(settings, layer, use->value, context);
  }
  ReadLine(settings, options);
  Put(layer, settings);
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (!options.understood) {
    peeled.unread = std::move(rest);
    return peeled;
  }
  if (rest.empty()) rest = settings.command;
  if (const OptionUse* use = options.Find("exec_file"); use != nullptr && !rest.empty()) {
    rest.front() = use->value;
  }
  if (rest.empty()) AddProblem(layer, argv[0], "no program is given");
  peeled.rest = std::move(rest);
  return peeled;
}

}  // namespace sandlint
