#include "scanner/peel/container_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "scanner/peel/container_apply.h"
#include "scanner/peel/container_draft.h"

namespace sandlint {
namespace {

constexpr Engines kDocker = Engines::Docker;
constexpr Engines kPodman = Engines::Podman;
constexpr Engines kBoth = Engines::Both;
constexpr Takes kFlag = Takes::Nothing;
constexpr Takes kValue = Takes::Value;
constexpr Support kModelled = Support::Modelled;
constexpr Support kIrrelevant = Support::Irrelevant;
constexpr Support kUnmodelled = Support::Unmodelled;
constexpr Facet kPaths = Facet::Paths;
constexpr Facet kEgress = Facet::Egress;
constexpr Facet kEnvironment = Facet::Environment;
constexpr Facet kIdentity = Facet::Identity;

/// A row for what bounds resources, names things or decides how the image is fetched.
constexpr OptionRow Plain(std::string_view name, Engines engines = kBoth, char letter = 0) {
  return {name, letter, engines, kValue, kIrrelevant};
}
constexpr OptionRow PlainFlag(std::string_view name, Engines engines = kBoth, char letter = 0) {
  return {name, letter, engines, kFlag, kIrrelevant};
}
/// One that podman 4.3 does not have.
constexpr OptionRow Newer(std::string_view name, Takes takes = kValue) {
  return {name, 0, kPodman, takes, kIrrelevant, Facet::None, nullptr, {}, true};
}
constexpr OptionRow Modelled(std::string_view name, char letter, Engines engines, Takes takes,
                             Facet facets, ApplyOption apply) {
  return {name, letter, engines, takes, kModelled, facets, apply};
}
constexpr OptionRow Unmodelled(std::string_view name, Engines engines, Facet facets,
                               std::string_view why, ApplyOption apply = nullptr) {
  return {name, 0, engines, kValue, kUnmodelled, facets, apply, why};
}

constexpr std::array kOptions = {
    // What it sees.
    Modelled("volume", 'v', kBoth, kValue, kPaths, ApplyVolume),
    Modelled("mount", 0, kBoth, kValue, kPaths, ApplyMount),
    Modelled("tmpfs", 0, kBoth, kValue, kPaths, ApplyTmpfs),
    Unmodelled("volumes-from", kBoth, kPaths, "the mounts of another container are not known here",
               Collect<&ContainerRun::volumes_from>),
    Plain("volume-driver", kDocker),
    Plain("image-volume", kPodman),
    Modelled("read-only", 0, kBoth, kFlag, kPaths, Keep<&ContainerRun::read_only>),
    Modelled("read-only-tmpfs", 0, kPodman, kFlag, kPaths,
             Switch<&ContainerDraft::read_only_tmpfs>),
    Modelled("rootfs", 0, kPodman, kFlag, kPaths, Keep<&ContainerRun::rootfs>),
    Modelled("systemd", 0, kPodman, kValue, kPaths, Defer<&ContainerDraft::systemd>),
    Modelled("use-api-socket", 0, kDocker, kFlag, kPaths, Keep<&ContainerRun::api_socket>),
    Unmodelled("chrootdirs", kPodman, kPaths, "it puts files of the engine into these folders"),
    Unmodelled("preserve-fds", kPodman, kPaths | kEgress, "what its descriptors lead to"),
    OptionRow{"preserve-fd", 0, kPodman, kValue, kUnmodelled, kPaths | kEgress, nullptr,
              "what its descriptors lead to", true},
    Plain("workdir", kBoth, 'w'),
    Plain("tz", kPodman),
    // Devices.
    Modelled("device", 0, kBoth, kValue, kPaths, Collect<&ContainerRun::devices>),
    Modelled("gpus", 0, kBoth, kValue, kIdentity, Collect<&ContainerRun::devices>),
    Unmodelled("device-cgroup-rule", kBoth, kPaths, "it lets the container make host devices"),
    // Its environment.
    Modelled("env", 'e', kBoth, kValue, kEnvironment, Defer<&ContainerDraft::environment>),
    Modelled("env-file", 0, kBoth, kValue, kEnvironment, Defer<&ContainerDraft::env_files>),
    Modelled("env-host", 0, kPodman, kFlag, kEnvironment, Defer<&ContainerDraft::env_host>),
    Modelled("env-merge", 0, kPodman, kValue, kEnvironment, Defer<&ContainerDraft::env_merges>),
    Modelled("http-proxy", 0, kPodman, kFlag, kEnvironment, Switch<&ContainerDraft::http_proxy>),
    Modelled("unsetenv", 0, kPodman, kValue, kEnvironment, Defer<&ContainerDraft::unset>),
    Modelled("unsetenv-all", 0, kPodman, kFlag, kEnvironment, Defer<&ContainerDraft::unset_all>),
    Modelled("secret", 0, kPodman, kValue, kEnvironment, Defer<&ContainerDraft::secrets>),
    // Its network.
    Modelled("network", 0, kBoth, kValue, kEgress, Defer<&ContainerDraft::networks>),
    Modelled("net", 0, kBoth, kValue, kEgress, Defer<&ContainerDraft::networks>),
    Modelled("publish", 'p', kBoth, kValue, kEgress, Collect<&ContainerRun::published>),
    Modelled("publish-all", 'P', kBoth, kFlag, kEgress, Keep<&ContainerRun::publish_all>),
    Modelled("add-host", 0, kBoth, kValue, kEgress, ApplyAddHost),
    Modelled("pod", 0, kPodman, kValue, kEgress, Defer<&ContainerDraft::pod>),
    Modelled("pod-id-file", 0, kPodman, kValue, kEgress, Defer<&ContainerDraft::pod>),
    Plain("dns"),
    Plain("dns-option"),
    Plain("dns-opt"),
    Plain("dns-search"),
    Plain("domainname", kDocker),
    Plain("expose"),
    Plain("hostname", kBoth, 'h'),
    Plain("ip"),
    Plain("ip6"),
    Plain("link", kDocker),
    Plain("link-local-ip", kDocker),
    Plain("mac-address"),
    Plain("network-alias"),
    Plain("net-alias", kDocker),
    PlainFlag("no-hosts", kPodman),
    Newer("hosts-file"),
    Newer("no-hostname", kFlag),
    // Who it is.
    Modelled("user", 'u', kBoth, kValue, kIdentity, ApplyUser),
    Modelled("group-add", 0, kBoth, kValue, kIdentity | kPaths, Collect<&ContainerRun::groups>),
    Modelled("userns", 0, kBoth, kValue, kIdentity | kPaths, ApplyUserNamespace),
    Modelled("uidmap", 0, kPodman, kValue, kIdentity, ApplyIdMap),
    Modelled("gidmap", 0, kPodman, kValue, kIdentity, ApplyIdMap),
    Modelled("subuidname", 0, kPodman, kValue, kIdentity, ApplyIdMap),
    Modelled("subgidname", 0, kPodman, kValue, kIdentity, ApplyIdMap),
    Modelled("privileged", 0, kBoth, kFlag, Facet::All, Keep<&ContainerRun::privileged>),
    Modelled("cap-add", 0, kBoth, kValue, kIdentity | kPaths, ApplyCapAdd),
    Modelled("cap-drop", 0, kBoth, kValue, kIdentity, ApplyCapDrop),
    Modelled("security-opt", 0, kBoth, kValue, kIdentity | kPaths, ApplySecurity),
    Modelled("pid", 0, kBoth, kValue, kIdentity | kPaths, ApplyPid),
    Modelled("ipc", 0, kBoth, kValue, kIdentity, ApplyIpc),
    Modelled("uts", 0, kBoth, kValue, kIdentity, ApplyUts),
    Modelled("cgroupns", 0, kBoth, kValue, kIdentity, ApplyCgroupNamespace),
    Modelled("runtime", 0, kDocker, kValue, kIdentity, ApplyRuntime),
    Unmodelled("annotation", kBoth, kIdentity, "an annotation that the runtime may act on"),
    Unmodelled("seccomp-policy", kPodman, kIdentity, "the image may bring a filter of its own"),
    Plain("hostuser", kPodman),
    PlainFlag("passwd", kPodman),
    Plain("passwd-entry", kPodman),
    Newer("group-entry"),
    Plain("umask", kPodman),
    Plain("personality", kPodman),
    Plain("sysctl"),
    Plain("ulimit"),
    // How it runs.
    Modelled("entrypoint", 0, kBoth, kValue, Facet::All, KeepValue<&ContainerRun::entrypoint>),
    Modelled("interactive", 'i', kBoth, kFlag, Facet::None, Defer<&ContainerDraft::interactive>),
    Modelled("tty", 't', kBoth, kFlag, Facet::None, Defer<&ContainerDraft::tty>),
    Modelled("rm", 0, kBoth, kFlag, Facet::None, Keep<&ContainerRun::rm>),
    Modelled("init", 0, kBoth, kFlag, Facet::None, Keep<&ContainerRun::init>),
    Modelled("detach", 'd', kBoth, kFlag, Facet::None, Keep<&ContainerRun::detach>),
    Modelled("pull", 0, kBoth, kValue, Facet::None, ApplyPull),
    Modelled("timeout", 0, kPodman, kValue, Facet::None, KeepValue<&Layer::timeout>),
    Modelled("help", 0, kBoth, kFlag, Facet::None, ApplyHelp),
    Plain("attach", kBoth, 'a'),
    Plain("detach-keys"),
    PlainFlag("sig-proxy"),
    Plain("restart"),
    Plain("name"),
    Plain("label", kBoth, 'l'),
    Plain("label-file"),
    Plain("cidfile"),
    Plain("conmon-pidfile", kPodman),
    Plain("pidfile", kPodman),
    Unmodelled("init-path", kPodman, kPaths, "a file of the host that it shows as its init"),
    Plain("init-ctr", kPodman),
    PlainFlag("replace", kPodman),
    PlainFlag("rmi", kPodman),
    Plain("requires", kPodman),
    Plain("sdnotify", kPodman),
    Plain("stop-signal"),
    Plain("stop-timeout"),
    Plain("log-driver"),
    Plain("log-opt"),
    PlainFlag("no-healthcheck"),
    Plain("health-cmd"),
    Plain("health-interval"),
    Plain("health-retries"),
    Plain("health-start-interval", kDocker),
    Plain("health-start-period"),
    Plain("health-timeout"),
    Plain("health-on-failure", kPodman),
    Plain("healthcheck-command", kPodman),
    Plain("healthcheck-interval", kPodman),
    Plain("healthcheck-retries", kPodman),
    Plain("healthcheck-start-period", kPodman),
    Plain("healthcheck-timeout", kPodman),
    Newer("health-log-destination"),
    Newer("health-max-log-count"),
    Newer("health-max-log-size"),
    Newer("health-startup-cmd"),
    Newer("health-startup-interval"),
    Newer("health-startup-retries"),
    Newer("health-startup-success"),
    Newer("health-startup-timeout"),
    // Where the image comes from.
    PlainFlag("quiet", kBoth, 'q'),
    Plain("platform"),
    PlainFlag("disable-content-trust"),
    PlainFlag("tls-verify", kPodman),
    Plain("authfile", kPodman),
    Plain("arch", kPodman),
    Plain("os", kPodman),
    Plain("variant", kPodman),
    Plain("signature-policy", kPodman),
    Newer("decryption-key"),
    Newer("retry"),
    Newer("retry-delay"),
    Newer("cert-dir"),
    Newer("creds"),
    // What it may use up.
    Plain("blkio-weight"),
    Plain("blkio-weight-device"),
    Plain("cgroup-parent"),
    Plain("cgroup-conf", kPodman),
    Plain("cgroups", kPodman),
    Plain("cpu-count", kDocker),
    Plain("cpu-percent", kDocker),
    Plain("cpu-period"),
    Plain("cpu-quota"),
    Plain("cpu-rt-period"),
    Plain("cpu-rt-runtime"),
    Plain("cpu-shares", kBoth, 'c'),
    Plain("cpus"),
    Plain("cpuset-cpus"),
    Plain("cpuset-mems"),
    Plain("device-read-bps"),
    Plain("device-read-iops"),
    Plain("device-write-bps"),
    Plain("device-write-iops"),
    Plain("io-maxbandwidth", kDocker),
    Plain("io-maxiops", kDocker),
    Plain("isolation", kDocker),
    Plain("kernel-memory"),
    Plain("memory", kBoth, 'm'),
    Plain("memory-reservation"),
    Plain("memory-swap"),
    Plain("memory-swappiness"),
    PlainFlag("oom-kill-disable"),
    Plain("oom-score-adj"),
    Plain("pids-limit"),
    Plain("shm-size"),
    Newer("shm-size-systemd"),
    Newer("rdt-class"),
    Plain("storage-opt", kDocker),
};

/// podman before 4.4 stops at an option that came later.
void CheckEngine(ContainerDraft& draft, const FlagUse& use) {
  const OptionRow& row = *use.row;
  if (!HasEngine(row.engines, draft.engine)) {
    const char* other = draft.Podman() ? "docker" : "podman";
    draft.Problem(use.option, fmt::format("--{} is an option of {}: {} stops with an unknown flag",
                                          row.name, other, draft.Tool()));
  } else if (row.newer && draft.Podman()) {
    const auto version =
        draft.context.host == nullptr ? std::nullopt : draft.context.host->ToolVersion("podman");
    const bool old = version && (version->rfind("4.3", 0) == 0 || version->rfind("4.2", 0) == 0 ||
                                 version->rfind("3.", 0) == 0);
    if (version && !old) return;
    draft.Problem(use.option, fmt::format("podman 4.3 and older do not know --{}", row.name),
                  old ? Answer::Yes : Answer::Unknown);
  }
}

}  // namespace

std::span<const OptionRow> ContainerOptions() { return kOptions; }

const OptionRow* FindRow(std::span<const OptionRow> rows, Engine engine, std::string_view name,
                         char letter) {
  const auto matches = [&](const OptionRow& row) {
    return name.empty() ? row.letter == letter : row.name == name;
  };
  const auto own = std::find_if(rows.begin(), rows.end(), [&](const OptionRow& row) {
    return matches(row) && HasEngine(row.engines, engine);
  });
  if (own != rows.end()) return &*own;
  const auto other = std::find_if(rows.begin(), rows.end(), matches);
  return other == rows.end() ? nullptr : &*other;
}

void Apply(ContainerDraft& draft, const FlagUse& use) {
  CheckEngine(draft, use);
  draft.seen.push_back(use);
  const OptionRow& row = *use.row;
  if (row.apply != nullptr) row.apply(draft, use);
  if (row.support == Support::Unmodelled) {
    draft.AddNote(Support::Unmodelled, use.Deciding(), row.facets, std::string(row.why));
  }
}

}  // namespace sandlint
