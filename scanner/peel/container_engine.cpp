#include <array>

#include "scanner/peel/container_apply.h"
#include "scanner/peel/container_options.h"

namespace sandlint {
namespace {

constexpr Facet kElsewhere = Facet::Paths | Facet::Egress | Facet::Identity;

constexpr OptionRow Quiet(std::string_view name, char letter, Engines engines,
                          Takes takes = Takes::Value) {
  return {name, letter, engines, takes};
}
constexpr OptionRow Remote(std::string_view name, char letter, Engines engines) {
  return {name, letter, engines, Takes::Value, Support::Modelled, kElsewhere, ApplyHost};
}
constexpr OptionRow Opaque(std::string_view name, Engines engines, Takes takes, Facet facets,
                           std::string_view why) {
  return {name, 0, engines, takes, Support::Unmodelled, facets, nullptr, why};
}

constexpr Engines kDocker = Engines::Docker;
constexpr Engines kPodman = Engines::Podman;
constexpr Takes kFlag = Takes::Nothing;

/// `docker --help` of 28, `podman --help` of 4.3 and what 4.3 takes without listing it, podman 5.
constexpr std::array kEngineOptions = {
    Remote("host", 'H', Engines::Both),
    Remote("context", 'c', kDocker),
    Remote("connection", 'c', kPodman),
    Remote("url", 0, kPodman),
    OptionRow{"remote", 'r', kPodman, kFlag, Support::Unmodelled, kElsewhere, nullptr,
              "the machine behind the podman service is not known here"},
    Opaque("config", kDocker, Takes::Value, Facet::Environment,
           "its config.json can set proxy variables"),
    Quiet("config", 0, kPodman),
    Quiet("context", 0, kPodman),
    Quiet("debug", 'D', Engines::Both, kFlag),
    Quiet("log-level", 'l', kDocker),
    Quiet("log-level", 0, kPodman),
    Quiet("tls", 0, kDocker, kFlag),
    Quiet("tlsverify", 0, kDocker, kFlag),
    Quiet("tlscacert", 0, kDocker),
    Quiet("tlscert", 0, kDocker),
    Quiet("tlskey", 0, kDocker),
    OptionRow{"version", 'v', Engines::Both, kFlag, Support::Modelled, Facet::None, ApplyHelp},
    OptionRow{"help", 'h', kDocker, kFlag, Support::Modelled, Facet::None, ApplyHelp},
    OptionRow{"help", 0, kPodman, kFlag, Support::Modelled, Facet::None, ApplyHelp},
    Quiet("identity", 0, kPodman),
    Quiet("ssh", 0, kPodman),
    Quiet("noout", 0, kPodman, kFlag),
    Quiet("out", 0, kPodman),
    Quiet("transient-store", 0, kPodman, kFlag),
    Opaque("module", kPodman, Takes::Value, Facet::All,
           "a containers.conf that can add mounts, devices and variables"),
};

/// What podman takes after the sub-command as well.
constexpr std::array kPersistentOptions = {
    Quiet("cgroup-manager", 0, kPodman),
    Quiet("conmon", 0, kPodman),
    Quiet("cpu-profile", 0, kPodman),
    Opaque("default-mounts-file", kPodman, Takes::Value, Facet::Paths,
           "a file of mounts that is not read"),
    Quiet("events-backend", 0, kPodman),
    Opaque("hooks-dir", kPodman, Takes::Value, Facet::All,
           "programs that run on the host at every start"),
    Quiet("imagestore", 0, kPodman),
    Quiet("log-level", 0, kPodman),
    Quiet("max-workers", 0, kPodman),
    Quiet("memory-profile", 0, kPodman),
    Quiet("namespace", 0, kPodman),
    Quiet("ns", 0, kPodman),
    Quiet("network-cmd-path", 0, kPodman),
    Quiet("network-config-dir", 0, kPodman),
    Quiet("pull-option", 0, kPodman),
    Quiet("registries-conf", 0, kPodman),
    Quiet("root", 0, kPodman),
    Quiet("runroot", 0, kPodman),
    OptionRow{"runtime", 0, kPodman, Takes::Value, Support::Modelled,
              Facet::Paths | Facet::Identity, ApplyRuntime},
    Quiet("runtime-flag", 0, kPodman),
    Quiet("storage-driver", 0, kPodman),
    Quiet("storage-opt", 0, kPodman),
    Quiet("syslog", 0, kPodman, kFlag),
    Quiet("tmpdir", 0, kPodman),
    Quiet("trace", 0, kPodman, kFlag),
    Quiet("volumepath", 0, kPodman),
};

/// exec, start, compose run and compose exec: names that differ in what they take.
constexpr std::array kOtherOptions = {
    OptionRow{"env", 'e', Engines::Both, Takes::Value, Support::Modelled, Facet::Environment,
              Defer<&ContainerDraft::environment>},
    OptionRow{"env-file", 0, Engines::Both, Takes::Value, Support::Modelled, Facet::Environment,
              Defer<&ContainerDraft::env_files>},
    OptionRow{"user", 'u', Engines::Both, Takes::Value, Support::Modelled, Facet::Identity,
              ApplyUser},
    OptionRow{"privileged", 0, Engines::Both, kFlag, Support::Modelled, Facet::Identity,
              Keep<&ContainerRun::privileged>},
    OptionRow{"tty", 't', Engines::Both, kFlag, Support::Modelled, Facet::None,
              Defer<&ContainerDraft::tty>},
    OptionRow{"interactive", 'i', Engines::Both, kFlag, Support::Modelled, Facet::None,
              Defer<&ContainerDraft::interactive>},
    Quiet("workdir", 'w', Engines::Both),
    Quiet("detach-keys", 0, Engines::Both),
    Quiet("preserve-fds", 0, kPodman),
    Quiet("latest", 'l', kPodman, kFlag),
    Quiet("detach", 'd', Engines::Both, kFlag),
    OptionRow{"attach", 'a', Engines::Both, kFlag, Support::Modelled, Facet::None,
              Keep<&ContainerRun::interactive>},
    Quiet("all", 0, kPodman, kFlag),
    Quiet("filter", 'f', kPodman),
    Quiet("sig-proxy", 0, kPodman, kFlag),
    Quiet("checkpoint", 0, kDocker),
    Quiet("checkpoint-dir", 0, kDocker),
    OptionRow{"help", 'h', Engines::Both, kFlag, Support::Modelled, Facet::None, ApplyHelp},
};

/// docker-compose v2 and podman-compose: options of `run` and `exec`, as their documentation says.
constexpr std::array kComposeOptions = {
    OptionRow{"env", 'e', Engines::Both, Takes::Value, Support::Modelled, Facet::Environment,
              Defer<&ContainerDraft::environment>},
    OptionRow{"user", 'u', Engines::Both, Takes::Value, Support::Modelled, Facet::Identity,
              ApplyUser},
    OptionRow{"privileged", 0, Engines::Both, kFlag, Support::Modelled, Facet::Identity,
              Keep<&ContainerRun::privileged>},
    OptionRow{"rm", 0, Engines::Both, kFlag, Support::Modelled, Facet::None,
              Keep<&ContainerRun::rm>},
    OptionRow{"interactive", 'i', Engines::Both, kFlag, Support::Modelled, Facet::None,
              Defer<&ContainerDraft::interactive>},
    Quiet("no-TTY", 'T', Engines::Both, kFlag),
    Quiet("no-tty", 0, Engines::Both, kFlag),
    Quiet("tty", 't', Engines::Both, kFlag),
    Quiet("build", 0, Engines::Both, kFlag),
    Quiet("detach", 'd', Engines::Both, kFlag),
    Quiet("dry-run", 0, Engines::Both, kFlag),
    Quiet("no-deps", 0, Engines::Both, kFlag),
    Quiet("quiet", 'q', Engines::Both, kFlag),
    Quiet("quiet-build", 0, Engines::Both, kFlag),
    Quiet("quiet-pull", 0, Engines::Both, kFlag),
    Quiet("remove-orphans", 0, Engines::Both, kFlag),
    Quiet("service-ports", 'P', Engines::Both, kFlag),
    Quiet("use-aliases", 0, Engines::Both, kFlag),
    OptionRow{"cap-add", 0, Engines::Both, Takes::Value, Support::Modelled,
              Facet::Identity | Facet::Paths, ApplyCapAdd},
    OptionRow{"cap-drop", 0, Engines::Both, Takes::Value, Support::Modelled, Facet::Identity,
              ApplyCapDrop},
    OptionRow{"entrypoint", 0, Engines::Both, Takes::Value, Support::Modelled, Facet::All,
              KeepValue<&ContainerRun::entrypoint>},
    OptionRow{"env-from-file", 0, Engines::Both, Takes::Value, Support::Modelled,
              Facet::Environment, Defer<&ContainerDraft::env_files>},
    Quiet("index", 0, Engines::Both),
    Quiet("label", 'l', Engines::Both),
    Quiet("name", 0, Engines::Both),
    OptionRow{"publish", 'p', Engines::Both, Takes::Value, Support::Modelled, Facet::Egress,
              Collect<&ContainerRun::published>},
    Quiet("pull", 0, Engines::Both),
    OptionRow{"volume", 'v', Engines::Both, Takes::Value, Support::Modelled, Facet::Paths,
              ApplyVolume},
    Quiet("workdir", 'w', Engines::Both),
    OptionRow{"help", 'h', Engines::Both, kFlag, Support::Modelled, Facet::None, ApplyHelp},
};

/// Options of `compose` itself.
constexpr std::array kComposeGlobals = {
    Quiet("all-resources", 0, Engines::Both, kFlag),
    Quiet("ansi", 0, Engines::Both),
    Quiet("compatibility", 0, Engines::Both, kFlag),
    Quiet("dry-run", 0, Engines::Both, kFlag),
    Quiet("env-file", 0, Engines::Both),
    Quiet("file", 'f', Engines::Both),
    Quiet("parallel", 0, Engines::Both),
    Quiet("podman-args", 0, kPodman),
    Quiet("podman-path", 0, kPodman),
    Quiet("profile", 0, Engines::Both),
    Quiet("progress", 0, Engines::Both),
    Quiet("project-directory", 0, Engines::Both),
    Quiet("project-name", 'p', Engines::Both),
    Quiet("verbose", 0, Engines::Both, kFlag),
    Quiet("workdir", 0, Engines::Both),
    OptionRow{"version", 'v', Engines::Both, kFlag, Support::Modelled, Facet::None, ApplyHelp},
    OptionRow{"help", 'h', Engines::Both, kFlag, Support::Modelled, Facet::None, ApplyHelp},
};

}  // namespace

std::span<const OptionRow> EngineOptions() { return kEngineOptions; }
std::span<const OptionRow> PersistentOptions() { return kPersistentOptions; }
std::span<const OptionRow> OtherOptions() { return kOtherOptions; }
std::span<const OptionRow> ComposeOptions() { return kComposeOptions; }
std::span<const OptionRow> ComposeGlobals() { return kComposeGlobals; }

}  // namespace sandlint
