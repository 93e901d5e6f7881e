// The config of nsjail, field by field (config.proto of 2026).

#include <algorithm>
#include <array>
#include <string>

#include "scanner/peel/nsjail_settings.h"
#include "scanner/peel/options.h"

namespace sandlint {
namespace {

using Settings = NsjailSettings;

bool IsTrue(const ProtoField& field) {
  return field.value.text == "true" || field.value.text == "1" || field.value.text == "t";
}

/// A word that stands for the field, where it says yes.
template <Word Settings::*Where>
void Yes(Settings& settings, const ProtoField& field) {
  settings.*Where = IsTrue(field) ? field.name : Word{};
}

/// `clone_newnet: false` shares what is new otherwise.
template <Word Settings::*Where>
void No(Settings& settings, const ProtoField& field) {
  settings.*Where = IsTrue(field) ? Word{} : field.name;
}

template <Word Settings::*Where>
void Value(Settings& settings, const ProtoField& field) {
  settings.*Where = field.value;
}

void Doubt(Settings& settings, const ProtoField& field, Facet facets, std::string why) {
  settings.notes.push_back({Support::Unmodelled, field.name, facets, std::move(why)});
}

const ProtoField* Find(const ProtoField& message, std::string_view name) {
  const auto found = std::find_if(message.fields.rbegin(), message.fields.rend(),
                                  [&](const ProtoField& one) { return one.name.text == name; });
  return found == message.fields.rend() ? nullptr : &*found;
}

bool Says(const ProtoField& message, std::string_view name, bool otherwise) {
  const ProtoField* field = Find(message, name);
  return field == nullptr ? otherwise : IsTrue(*field);
}

/// A path of a mount, with the variable that stands before it.
Word PathOf(const ProtoField& message, std::string_view name, std::string_view prefix) {
  const ProtoField* field = Find(message, name);
  Word word = field == nullptr ? Word{} : field->value;
  if (const ProtoField* before = Find(message, prefix)) {
    const std::string variable = "$" + before->value.text;
    word.text.insert(0, variable);
    word.span = before->value.span;
    word.holes = {{0, static_cast<std::uint32_t>(variable.size()), before->value.text, false}};
  }
  return word;
}

void MountOf(Settings& settings, const ProtoField& field) {
  Mount mount;
  mount.option = field.name;
  mount.source = PathOf(field, "src", "prefix_src_env");
  mount.target = PathOf(field, "dst", "prefix_dst_env");
  mount.read_only = !Says(field, "rw", false);
  mount.devices = !Says(field, "nodev", false);
  mount.optional = !Says(field, "mandatory", true);
  const ProtoField* type = Find(field, "fstype");
  const std::string kind = type == nullptr ? "" : type->value.text;
  if (Find(field, "src_content") != nullptr) {
    mount.kind = MountKind::Data;
  } else if (Says(field, "is_symlink", false)) {
    mount.kind = MountKind::Symlink;
  } else if (kind == "tmpfs") {
    mount.kind = MountKind::Tmpfs;
  } else if (kind == "proc") {
    mount.kind = MountKind::Proc;
  } else if (!kind.empty() && !Says(field, "is_bind", false)) {
    Doubt(settings, field, Facet::Paths, "what a file system of this kind shows is not followed");
  }
  settings.mounts.push_back(std::move(mount));
}

void Variable(Settings& settings, const ProtoField& field) {
  settings.environment.push_back(NsjailVariable(field.name, field.value));
}

void Capability(Settings& settings, const ProtoField& field) {
  settings.capabilities.push_back(field.value);
}

void Command(Settings& settings, const ProtoField& field) {
  settings.command.clear();
  if (const ProtoField* path = Find(field, "path")) settings.command.push_back(path->value);
  for (const ProtoField& one : field.fields) {
    if (one.name.text == "arg") settings.command.push_back(one.value);
  }
}

void User(Settings& settings, const ProtoField& field) {
  if (const ProtoField* inside = Find(field, "inside_id")) settings.user = inside->value;
  const ProtoField* outside = Find(field, "outside_id");
  if (outside != nullptr && !outside->value.text.empty()) {
    Doubt(settings, field, Facet::Paths | Facet::Identity, "who this is outside is not followed");
  }
}

void UserNetwork(Settings& settings, const ProtoField& field) {
  settings.user_network = field.name;
}

void Ways(Settings& settings, const ProtoField& field) {
  if (field.value.text == "ONCE" || field.value.text == "EXECVE" || field.value.text == "1" ||
      field.value.text == "3") {
    return;
  }
  Doubt(settings, field, Facet::None, "it waits for connections, or starts again and again");
}

struct FieldRow {
  std::string_view name;
  void (*apply)(Settings&, const ProtoField&);
};
constexpr auto kFields = std::to_array<FieldRow>({
    {"cap", Capability},
    {"clone_newnet", No<&Settings::shares_network>},
    {"clone_newpid", No<&Settings::shares_processes>},
    {"clone_newuser", No<&Settings::shares_users>},
    {"cwd", Value<&Settings::directory>},
    {"disable_no_new_privs", Yes<&Settings::gains_privileges>},
    {"envar", Variable},
    {"exec_bin", Command},
    {"keep_caps", Yes<&Settings::keeps_capabilities>},
    {"keep_env", Yes<&Settings::keeps_environment>},
    {"mode", Ways},
    {"mount", MountOf},
    {"time_limit", Value<&Settings::time_limit>},
    {"uidmap", User},
    {"user_net", UserNetwork},
});

/// Nothing of what a server can reach depends on them.
constexpr auto kIrrelevant = std::to_array<std::string_view>({"bindhost",
                                                              "clone_newcgroup",
                                                              "clone_newipc",
                                                              "clone_newtime",
                                                              "clone_newuts",
                                                              "daemon",
                                                              "description",
                                                              "detect_cgroupv2",
                                                              "disable_rl",
                                                              "disable_tsc",
                                                              "execute_fd",
                                                              "forward_signals",
                                                              "gidmap",
                                                              "hostname",
                                                              "iface_no_lo",
                                                              "log_fd",
                                                              "log_file",
                                                              "log_level",
                                                              "max_conns",
                                                              "max_conns_per_ip",
                                                              "max_cpus",
                                                              "mount_proc",
                                                              "name",
                                                              "nice_level",
                                                              "no_pivotroot",
                                                              "oom_score_adj",
                                                              "persona_addr_compat_layout",
                                                              "persona_addr_limit3gb",
                                                              "persona_addr_limit_3gb",
                                                              "persona_addr_no_randomize",
                                                              "persona_mmap_page_zero",
                                                              "persona_read_implies_exec",
                                                              "port",
                                                              "rlimit_as",
                                                              "rlimit_as_type",
                                                              "rlimit_core",
                                                              "rlimit_core_type",
                                                              "rlimit_cpu",
                                                              "rlimit_cpu_type",
                                                              "rlimit_fsize",
                                                              "rlimit_fsize_type",
                                                              "rlimit_memlock",
                                                              "rlimit_memlock_type",
                                                              "rlimit_msgqueue",
                                                              "rlimit_msgqueue_type",
                                                              "rlimit_nofile",
                                                              "rlimit_nofile_type",
                                                              "rlimit_nproc",
                                                              "rlimit_nproc_type",
                                                              "rlimit_rtprio",
                                                              "rlimit_rtprio_type",
                                                              "rlimit_stack",
                                                              "rlimit_stack_type",
                                                              "silent",
                                                              "skip_setsid",
                                                              "stderr_to_null",
                                                              "use_cgroupv2"});

struct UnmodelledRow {
  std::string_view name;
  Facet facets;
  std::string_view why;
};
constexpr auto kUnmodelled = std::to_array<UnmodelledRow>({
    {"clone_newns", Facet::Paths, "without mounts of its own the files are those outside"},
    {"iface_own", Facet::Egress, "an interface of the host is moved into it"},
    {"macvlan_iface", Facet::Egress, "it has an interface of its own"},
    {"newgidmap", Facet::Identity, "which groups it maps is not followed"},
    {"newuidmap", Facet::Paths | Facet::Identity, "which users it maps is not followed"},
    {"pass_fd", Facet::None, "what is open behind the descriptor is not known"},
    {"seccomp_log", Facet::None, "it only tells"},
    {"seccomp_policy_file", Facet::None, "it only takes system calls away"},
    {"seccomp_string", Facet::None, "it only takes system calls away"},
});

/// Names that start so set limits, or belong to an interface.
constexpr auto kPrefixes = std::to_array<std::string_view>({"cgroup", "cgroupv2", "macvlan_vs_"});

bool IsIrrelevant(std::string_view name) {
  return std::ranges::find(kIrrelevant, name) != kIrrelevant.end() ||
         std::ranges::any_of(kPrefixes,
                             [&](std::string_view one) { return name.starts_with(one); });
}

}  // namespace

void ApplyNsjailConfig(NsjailSettings& settings, const std::vector<ProtoField>& fields) {
  for (const ProtoField& field : fields) {
    const std::string& name = field.name.text;
    const auto row = std::ranges::find(kFields, name, &FieldRow::name);
    const auto unmodelled = std::ranges::find(kUnmodelled, name, &UnmodelledRow::name);
    if (row != kFields.end()) {
      row->apply(settings, field);
    } else if (unmodelled != kUnmodelled.end()) {
      Doubt(settings, field, unmodelled->facets, std::string(unmodelled->why));
    } else if (!IsIrrelevant(name)) {
      settings.notes.push_back(
          {Support::Unknown, field.name, Facet::All, "no such field is known"});
    }
  }
}

Mount NsjailBind(const Word& option, const Word& value, bool writable) {
  Mount mount;
  mount.option = option;
  const std::size_t colon = std::min(value.text.find(':'), value.text.size());
  const std::size_t end = std::min(value.text.find(':', colon + 1), value.text.size());
  mount.source = Part(value, 0, colon);
  mount.target =
      colon + 1 < value.text.size() ? Part(value, colon + 1, end - colon - 1) : mount.source;
  mount.read_only = !writable;
  mount.devices = true;
  return mount;
}

EnvEdit NsjailVariable(const Word& option, const Word& value) {
  if (const auto pair = SplitAssignment(value)) {
    return {EnvKind::Set, option, pair->key, pair->value, {}};
  }
  return {EnvKind::Copy, option, value, {}, {}};
}

}  // namespace sandlint
