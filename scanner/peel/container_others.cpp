#include "scanner/peel/container_others.h"

#include <array>
#include <string>

#include "scanner/peel/container_apply.h"

namespace sandlint {
namespace {

constexpr Engines kAny = Engines::Docker;
constexpr Facet kPaths = Facet::Paths;
constexpr Facet kIdentity = Facet::Identity;

constexpr OptionRow Quiet(std::string_view name, char letter = 0, Takes takes = Takes::Value) {
  return {name, letter, kAny, takes};
}
constexpr OptionRow QuietFlag(std::string_view name, char letter = 0) {
  return Quiet(name, letter, Takes::Nothing);
}
constexpr OptionRow Modelled(std::string_view name, char letter, Takes takes, Facet facets,
                             ApplyOption apply) {
  return {name, letter, kAny, takes, Support::Modelled, facets, apply};
}
constexpr OptionRow Elsewhere(std::string_view name, char letter, std::string_view why) {
  return {name, letter, kAny, Takes::Value, Support::Unmodelled, kPaths | kIdentity, nullptr, why};
}

/// github.com/containerd/nerdctl docs/command-reference.md, 2.x.
constexpr std::array kNerdctlGlobals = {
    Elsewhere("address", 'a', "which containerd this is is not known here"),
    Elsewhere("host", 'H', "which containerd this is is not known here"),
    Quiet("namespace", 'n'),
    Quiet("snapshotter"),
    Quiet("storage-driver"),
    Quiet("cni-path"),
    Quiet("cni-netconfpath"),
    Quiet("data-root"),
    Quiet("cgroup-manager"),
    Quiet("hosts-dir"),
    Quiet("host-gateway-ip"),
    Quiet("bridge-ip"),
    Quiet("cdi-spec-dirs"),
    Quiet("userns-remap"),
    QuietFlag("insecure-registry"),
    QuietFlag("experimental"),
    QuietFlag("kube-hide-dupe"),
    QuietFlag("debug"),
    QuietFlag("debug-full"),
};

constexpr std::array kNerdctlOptions = {
    Modelled("rootfs", 0, Takes::Nothing, kPaths, Keep<&ContainerRun::rootfs>),
    Modelled("runtime", 0, Takes::Value, kIdentity, ApplyRuntime),
    Elsewhere("systemd", 0, "what it mounts for systemd is not known here"),
    Quiet("umask"),
    Quiet("pidfile"),
    Quiet("rdt-class"),
    Quiet("cgroup-conf"),
    Quiet("ipfs-address"),
    Quiet("verify"),
    Quiet("cosign-key"),
    Quiet("cosign-certificate-identity"),
    Quiet("cosign-certificate-identity-regexp"),
    Quiet("cosign-certificate-oidc-issuer"),
    Quiet("cosign-certificate-oidc-issuer-regexp"),
    Quiet("init-binary"),
    Quiet("tty-size"),
};

void ApplyGroup(ContainerDraft& draft, const FlagUse& use) { draft.layer.group = use.value; }

/// A network of Apple's tool leads out; whether a version knows `none` is not certain.
void ApplyAppleNetwork(ContainerDraft& draft, const FlagUse& use) {
  draft.networks.push_back(use);
  if (use.value.text.starts_with("none")) {
    draft.AddNote(Support::Unmodelled, use.Deciding(), Facet::Egress,
                  "not every version of Apple's container has a network `none`");
  }
}

void ApplyAgent(ContainerDraft& draft, const FlagUse& use) {
  if (!use.on) return;
  draft.AddNote(Support::Unmodelled, use.Deciding(), kPaths,
                "it forwards the ssh agent of the host into the container");
}

constexpr std::array kAppleGlobals = {QuietFlag("debug")};

/// github.com/apple/container docs/command-reference.md.
constexpr std::array kAppleOptions = {
    Modelled("volume", 'v', Takes::Value, kPaths, ApplyVolume),
    Modelled("mount", 0, Takes::Value, kPaths, ApplyMount),
    Modelled("tmpfs", 0, Takes::Value, kPaths, ApplyTmpfs),
    Modelled("read-only", 0, Takes::Nothing, kPaths, Keep<&ContainerRun::read_only>),
    Modelled("ssh", 0, Takes::Nothing, kPaths, ApplyAgent),
    Modelled("env", 'e', Takes::Value, Facet::Environment, Defer<&ContainerDraft::environment>),
    Modelled("env-file", 0, Takes::Value, Facet::Environment, Defer<&ContainerDraft::env_files>),
    Modelled("network", 0, Takes::Value, Facet::Egress, ApplyAppleNetwork),
    Modelled("publish", 'p', Takes::Value, Facet::Egress, Collect<&ContainerRun::published>),
    Modelled("user", 'u', Takes::Value, kIdentity, ApplyUser),
    Modelled("uid", 0, Takes::Value, kIdentity, ApplyUser),
    Modelled("gid", 0, Takes::Value, kIdentity, ApplyGroup),
    Modelled("cap-add", 0, Takes::Value, kIdentity, ApplyCapAdd),
    Modelled("cap-drop", 0, Takes::Value, kIdentity, ApplyCapDrop),
    Modelled("entrypoint", 0, Takes::Value, Facet::All, KeepValue<&ContainerRun::entrypoint>),
    Modelled("interactive", 'i', Takes::Nothing, Facet::None, Defer<&ContainerDraft::interactive>),
    Modelled("tty", 't', Takes::Nothing, Facet::None, Defer<&ContainerDraft::tty>),
    Modelled("rm", 0, Takes::Nothing, Facet::None, Keep<&ContainerRun::rm>),
    Modelled("remove", 0, Takes::Nothing, Facet::None, Keep<&ContainerRun::rm>),
    Modelled("detach", 'd', Takes::Nothing, Facet::None, Keep<&ContainerRun::detach>),
    Modelled("init", 0, Takes::Nothing, Facet::None, Keep<&ContainerRun::init>),
    Modelled("help", 'h', Takes::Nothing, Facet::None, ApplyHelp),
    Quiet("publish-socket"),
    Quiet("workdir", 'w'),
    Quiet("cwd"),
    Quiet("cpus", 'c'),
    Quiet("memory", 'm'),
    Quiet("arch", 'a'),
    Quiet("os"),
    Quiet("platform"),
    Quiet("cidfile"),
    Quiet("dns"),
    Quiet("dns-domain"),
    Quiet("dns-option"),
    Quiet("dns-search"),
    Quiet("kernel", 'k'),
    Quiet("label", 'l'),
    Quiet("name"),
    Quiet("scheme"),
    Quiet("progress"),
    Quiet("ulimit"),
    Quiet("init-image"),
    Quiet("max-concurrent-downloads"),
    Quiet("runtime"),
    Quiet("shm-size"),
    QuietFlag("no-dns"),
    QuietFlag("virtualization"),
    QuietFlag("rosetta"),
    QuietFlag("debug"),
};

}  // namespace

std::span<const OptionRow> NerdctlGlobals() { return kNerdctlGlobals; }
std::span<const OptionRow> NerdctlOptions() { return kNerdctlOptions; }
std::span<const OptionRow> AppleGlobals() { return kAppleGlobals; }
std::span<const OptionRow> AppleOptions() { return kAppleOptions; }

}  // namespace sandlint
