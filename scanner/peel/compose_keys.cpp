#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/peel/compose_service.h"
#include "scanner/peel/container_steps.h"

namespace sandlint {
namespace {

const ComposeRow* RowOf(std::string_view key) {
  const auto rows = ComposeKeys();
  const auto row = std::ranges::find(rows, key, &ComposeRow::key);
  return row == rows.end() ? nullptr : &*row;
}

void Scalar(ComposeReader& reader, const Member& member) {
  if (member.value.Is(NodeType::Null)) return;
  const Word value = ComposeValue(reader.project, member.value);
  if (value) reader.Put(RowOf(member.key.text)->option, member.key, value);
}

void Flag(ComposeReader& reader, const Member& member) {
  const Word value = ComposeValue(reader.project, member.value);
  const bool off = value.Known() && (value.text == "false" || value.text.empty());
  reader.Put(RowOf(member.key.text)->option, member.key, value, !off);
  if (value.Known()) return;
  reader.Doubt(Support::Unknown, member.key, Facet::All, "whether it is on is not known here");
}

void Each(ComposeReader& reader, const Member& member) {
  for (const Node& item : ComposeItems(member.value)) {
    if (item.Is(NodeType::Object)) continue;
    reader.Put(RowOf(member.key.text)->option, member.key, ComposeValue(reader.project, item));
  }
}

/// `extra_hosts`: `host=ip`, `host:ip` or a mapping.
void Hosts(ComposeReader& reader, const Member& member) {
  for (const Node& item : ComposeItems(member.value)) {
    const Node& value = item.Is(NodeType::Object) ? item.members.front().value : item;
    for (const Node& one : ComposeItems(value)) {
      reader.Put("add-host", member.key, ComposeValue(reader.project, one));
    }
  }
}

/// `source:target:permissions`, or a mapping of these.
void Devices(ComposeReader& reader, const Member& member) {
  for (const Node& item : ComposeItems(member.value)) {
    const Node& source = item.Is(NodeType::Object) ? item.Get("source") : item;
    Word value = ComposeValue(reader.project, source);
    if (item.Is(NodeType::Object) && item.Find("target") != nullptr) {
      const std::array words{value, Word{":", {}, {}, -1},
                             ComposeValue(reader.project, item.Get("target"))};
      value = JoinWords(words);
    }
    if (value) reader.Put("device", member.key, value);
  }
}

void Gpus(ComposeReader& reader, const Member& member) {
  Word all = member.key;
  all.text = "all";
  reader.Put("gpus", member.key, all);
}

void Ports(ComposeReader& reader, const Member& member) {
  if (!reader.publishes) return;
  for (const Node& item : ComposeItems(member.value)) {
    if (!item.Is(NodeType::Object)) {
      reader.Put("publish", member.key, ComposeValue(reader.project, item));
      continue;
    }
    std::vector<Word> words;
    for (const char* part : {"host_ip", "published", "target"}) {
      Word value = ComposeValue(reader.project, item.Get(part));
      if (!value) continue;
      if (!words.empty()) words.push_back({":", {}, {}, -1});
      words.push_back(std::move(value));
    }
    reader.Put("publish", member.key, JoinWords(words));
  }
}

/// `K=V`, `K`, or a mapping; a name alone is taken from the client's environment or from `.env`.
void Environment(ComposeReader& reader, const Member& member) {
  reader.environment_key = member.key;
  for (const Node& item : ComposeItems(member.value)) {
    if (!item.Is(NodeType::Object)) {
      reader.environment.push_back(ComposeValue(reader.project, item, true));
      continue;
    }
    const Member& pair = item.members.front();
    if (pair.value.Is(NodeType::Null)) {
      reader.environment.push_back(pair.key);
      continue;
    }
    const std::array words{pair.key, Word{"=", {}, {}, -1},
                           ComposeValue(reader.project, pair.value, true)};
    reader.environment.push_back(JoinWords(words));
  }
}

/// compose reads these files itself: quotes are taken off, and `environment` goes before them.
void EnvFiles(ComposeReader& reader, const Member& member) {
  for (const Node& item : ComposeItems(member.value)) {
    const bool plain = item.Is(NodeType::String) || !item.Is(NodeType::Object);
    const Word path = ComposeValue(reader.project, plain ? item : item.Get("path"));
    const std::string place = path.Known() ? ComposeTreePath(reader.project, path) : std::string();
    const PeelContext& context = *reader.project.context;
    ReadResult read = place.empty() ? ReadResult{} : context.files->Read(place);
    if (read.status != ReadStatus::Ok) {
      reader.Put("env-file", member.key, path);
      continue;
    }
    for (const KeyValue& pair : ReadDotEnv(context.workspace->Add(place, std::move(read.text)))) {
      const std::array words{pair.key, Word{"=", {}, {}, -1}, pair.value};
      reader.Put("env", member.key, JoinWords(words));
    }
  }
}

void NetworkMode(ComposeReader& reader, const Member& member) {
  Word value = ComposeValue(reader.project, member.value);
  if (value.text.starts_with("service:")) value.text.replace(0, 7, "container");
  reader.Put("network", member.key, value);
}

void Unmodelled(ComposeReader& reader, const Member& member) {
  const ComposeRow* row = RowOf(member.key.text);
  reader.Doubt(Support::Unmodelled, member.key, row->facets, std::string(row->why));
}

constexpr Support kModelled = Support::Modelled;
constexpr Facet kPaths = Facet::Paths;
constexpr Facet kEgress = Facet::Egress;
constexpr Facet kEnvironment = Facet::Environment;
constexpr Facet kIdentity = Facet::Identity;

constexpr ComposeRow Same(std::string_view key, Facet facets, ApplyKey apply,
                          std::string_view option) {
  return {key, kModelled, facets, apply, option, {}};
}
constexpr ComposeRow Plain(std::string_view key) { return {key}; }
constexpr ComposeRow Open(std::string_view key, Facet facets, std::string_view why) {
  return {key, Support::Unmodelled, facets, Unmodelled, {}, why};
}
/// Read where the service is taken apart.
constexpr ComposeRow Taken(std::string_view key) { return {key, kModelled}; }

constexpr auto kRows = std::to_array<ComposeRow>({
    Taken("image"),
    Taken("build"),
    Taken("command"),
    Taken("entrypoint"),
    Taken("extends"),
    Same("user", kIdentity, Scalar, "user"),
    Same("group_add", kIdentity | kPaths, Each, "group-add"),
    Same("userns_mode", kIdentity | kPaths, Scalar, "userns"),
    Same("privileged", Facet::All, Flag, "privileged"),
    Same("cap_add", kIdentity | kPaths, Each, "cap-add"),
    Same("cap_drop", kIdentity, Each, "cap-drop"),
    Same("security_opt", kIdentity | kPaths, Each, "security-opt"),
    Same("pid", kIdentity | kPaths, Scalar, "pid"),
    Same("ipc", kIdentity, Scalar, "ipc"),
    Same("uts", kIdentity, Scalar, "uts"),
    Same("cgroup", kIdentity, Scalar, "cgroupns"),
    Same("runtime", kIdentity, Scalar, "runtime"),
    Same("read_only", kPaths, Flag, "read-only"),
    Same("init", Facet::None, Flag, "init"),
    Same("use_api_socket", kPaths, Flag, "use-api-socket"),
    Same("tmpfs", kPaths, Each, "tmpfs"),
    Same("volumes", kPaths, ApplyComposeVolumes, "volume"),
    Same("volumes_from", kPaths, Each, "volumes-from"),
    Same("secrets", kPaths, ApplyComposeSecrets, "volume"),
    Same("configs", kPaths, ApplyComposeSecrets, "volume"),
    Same("devices", kPaths, Devices, "device"),
    Same("device_cgroup_rules", kPaths, Each, "device-cgroup-rule"),
    Same("gpus", kIdentity, Gpus, "gpus"),
    Same("environment", kEnvironment, Environment, "env"),
    Same("env_file", kEnvironment, EnvFiles, "env-file"),
    Same("network_mode", kEgress, NetworkMode, "network"),
    Same("networks", kEgress, ApplyComposeNetworks, "network"),
    Same("ports", kEgress, Ports, "publish"),
    Same("extra_hosts", kEgress, Hosts, "add-host"),
    Same("working_dir", Facet::None, Scalar, "workdir"),
    Open("provider", Facet::All, "what its provider makes is not known"),
    Open("credential_spec", kIdentity, "an account of Windows"),
    Open("annotations", kIdentity, "an annotation that the runtime may act on"),
    Plain("attach"),
    Plain("blkio_config"),
    Plain("cgroup_parent"),
    Plain("container_name"),
    Plain("cpu_count"),
    Plain("cpu_percent"),
    Plain("cpu_period"),
    Plain("cpu_quota"),
    Plain("cpu_rt_period"),
    Plain("cpu_rt_runtime"),
    Plain("cpu_shares"),
    Plain("cpus"),
    Plain("cpuset"),
    Plain("depends_on"),
    Plain("deploy"),
    Plain("develop"),
    Plain("dns"),
    Plain("dns_opt"),
    Plain("dns_search"),
    Plain("domainname"),
    Plain("expose"),
    Plain("external_links"),
    Plain("healthcheck"),
    Plain("hostname"),
    Plain("isolation"),
    Plain("label_file"),
    Plain("labels"),
    Plain("links"),
    Plain("logging"),
    Plain("mac_address"),
    Plain("mem_limit"),
    Plain("mem_reservation"),
    Plain("mem_swappiness"),
    Plain("memswap_limit"),
    Plain("models"),
    Plain("oom_kill_disable"),
    Plain("oom_score_adj"),
    Plain("pids_limit"),
    Plain("platform"),
    Plain("post_start"),
    Plain("pre_stop"),
    Plain("profiles"),
    Plain("pull_policy"),
    Plain("restart"),
    Plain("scale"),
    Plain("shm_size"),
    Plain("stdin_open"),
    Plain("stop_grace_period"),
    Plain("stop_signal"),
    Plain("storage_opt"),
    Plain("sysctls"),
    Plain("tty"),
    Plain("ulimits"),
    Plain("volume_driver"),
});

}  // namespace

std::span<const ComposeRow> ComposeKeys() { return kRows; }

void ComposeReader::Put(std::string_view option, const Word& key, Word value, bool on) {
  value.argv_index = argv_index;
  PutOption(draft, option, key, std::move(value), on);
}

Word JoinWords(std::span<const Word> words) {
  Word joined;
  for (const Word& word : words) {
    const auto shift = static_cast<std::uint32_t>(joined.text.size());
    for (Hole hole : word.holes) {
      hole.begin += shift, hole.end += shift;
      joined.holes.push_back(std::move(hole));
    }
    joined.text += word.text;
    if (!joined.span) joined.span = word.span;
    if (word.span.source != joined.span.source) continue;
    joined.span.begin = std::min(joined.span.begin, word.span.begin);
    joined.span.end = std::max(joined.span.end, word.span.end);
  }
  return joined;
}

void ApplyService(ComposeReader& reader) {
  for (const Member& member : reader.service.members) {
    const ComposeRow* row = RowOf(member.key.text);
    if (row != nullptr && row->apply != nullptr) row->apply(reader, member);
    if (row != nullptr || member.key.text.starts_with("x-")) continue;
    reader.Doubt(Support::Unknown, member.key, Facet::All, "a key that is not known");
  }
  for (Word& word : reader.environment) {
    reader.Put("env", reader.environment_key, std::move(word));
  }
  FinishComposeVolumes(reader);
  FinishComposeNetworks(reader);
}

}  // namespace sandlint
