#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/grant/fold.h"
#include "scanner/grant/sbpl.h"

namespace sandlint {
namespace {

void Enter(Egress& egress, const Layer& layer) {
  const NetworkSetting& network = layer.network;
  if (network.mode == NetworkMode::Inherit) {
    if (network.word) egress.because = {EvidenceOf(network.word)};  // --share-net
    return;
  }
  // A container of podman lives in the namespace of whoever starts it; docker's daemon does not.
  const bool host_of_caller =
      network.mode == NetworkMode::Host && layer.container && layer.container->engine == "podman";
  if (host_of_caller && egress.mode == NetworkMode::None) return;
  if (network.assuming.empty()) {
    egress.assuming.clear();
  } else if (egress.mode != NetworkMode::None) {
    egress.assuming.push_back(network.assuming);
    egress.confidence = std::min(egress.confidence, Confidence::Medium);
  }
  egress.mode = network.mode;
  egress.reaches_abstract_sockets =
      network.mode == NetworkMode::Host ||
      (network.keeps_abstract_sockets && egress.reaches_abstract_sockets);
  egress.reaches_host_loopback = network.mode == NetworkMode::Host || network.reaches_host_loopback;
  egress.because = {EvidenceOf(network.word ? network.word : layer.program,
                               network.word ? "" : "its default network")};
}

/// What the layer lets out by name or port.
void AddFilter(Egress& egress, const Layer& layer, const HostFacts& host) {
  if (layer.network.filter) egress.filters.push_back(*layer.network.filter);
  if (layer.tool.starts_with("system") && layer.network.filter) {
    // Whether the manager could attach its filter is not seen from here.
    egress.confidence = std::min(egress.confidence, Confidence::Medium);
  }
  if (layer.tool != "sandbox-exec" || !layer.profile) return;
  const SbplProfile profile = CompileSbpl(*layer.profile, host.Caller().home);
  egress.filters.push_back(SbplNetwork(profile, layer.profile->named_by));
  // No run of the real program stands behind this.
  egress.confidence = std::min(egress.confidence, Confidence::Medium);
}

struct Socket {
  const char* kind;
  const char* path;  ///< `~` is the caller's home, `%` the caller's uid
};
constexpr auto kSockets = std::to_array<Socket>({
    {"docker", "/run/docker.sock"},
    {"docker", "/var/run/docker.sock"},
    {"podman", "/run/podman/podman.sock"},
    {"podman", "/run/user/%/podman/podman.sock"},
    {"containerd", "/run/containerd/containerd.sock"},
    {"dbus-session", "/run/user/%/bus"},
    {"dbus-system", "/run/dbus/system_bus_socket"},
    {"ssh-agent", "/run/user/%/keyring/ssh"},
    {"gpg-agent", "/run/user/%/gnupg/S.gpg-agent"},
    {"gpg-agent", "~/.gnupg/S.gpg-agent"},
    {"x11", "/tmp/.X11-unix/X0"},
    {"wayland", "/run/user/%/wayland-0"},
});

std::string PathOf(const Socket& socket, const HostUser& caller) {
  std::string path = socket.path;
  if (path.starts_with('~')) path.replace(0, 1, caller.home);
  if (const std::size_t at = path.find('%'); at != std::string::npos) {
    path.replace(at, 1, std::to_string(caller.uid));
  }
  return path;
}

}  // namespace

Egress FoldEgress(const std::vector<Layer>& layers, const HostFacts& host, const PathView& paths) {
  Egress egress;
  for (const Layer& layer : layers) {
    Enter(egress, layer);
    AddFilter(egress, layer, host);
    if (layer.no_unix_sockets && !layer.unix_sockets_perhaps) {
      egress.reaches_abstract_sockets = false;
      egress.confidence = std::min(egress.confidence, Confidence::Medium);
    }
    const Note* note = DoubtOf(layer, Facet::Egress);
    if (note == nullptr && layer.kind != LayerKind::Opaque) continue;
    // It may have cut the network, and it may have opened it again.
    egress.mode = NetworkMode::Unknown;
    egress.because = {note != nullptr ? EvidenceOf(note->word, note->why)
                                      : EvidenceOf(layer.program)};
    egress.confidence = Confidence::Low;
  }
  const HostUser caller = host.Caller();
  for (const Socket& socket : kSockets) {
    const std::string path = PathOf(socket, caller);
    if (!host.Symbolic() && !host.Lstat(path)) continue;
    if (path.starts_with("/var/run/")) continue;  // a link to /run on every ordinary layout
    const PathAnswer answer = paths.OfHost(path);
    const Answer reachable = answer.Has(Right::Connect);
    if (reachable == Answer::No) continue;
    egress.delegated.push_back({socket.kind, path, reachable, answer.because});
  }
  return egress;
}

}  // namespace sandlint
