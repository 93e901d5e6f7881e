#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "sandbox-escape-path",
    .title = "A sandbox leaves a way out of itself open",
    .checklist_item = 1,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "The socket of a container engine starts containers that see the host; a session bus "
        "starts programs for the user; a privileged container, a host device or CAP_SYS_ADMIN is "
        "the host itself. Any of them makes the rest of the sandbox decoration.",
    .fix =
        "Remove the socket, the capability, the device or `--privileged`. A server that manages "
        "containers belongs into a virtual machine.",
};

struct Escape {
  std::string what;
  Span place;
};
using Escapes = std::vector<Escape>;

constexpr std::string_view kEscapingSockets[] = {"docker", "podman", "dbus-session", "dbus-system"};
constexpr std::string_view kEscapingCapabilities[] = {"ALL",        "SYS_ADMIN", "SYS_PTRACE",
                                                      "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH",
                                                      "SYS_BOOT",   "BPF",       "MAC_ADMIN"};
constexpr std::string_view kHostDevices[] = {"/dev/mem",  "/dev/kmem", "/dev/sd",
                                             "/dev/nvme", "/dev/vd",   "/dev/dm-",
                                             "/dev/loop", "/dev/kvm",  "/dev/mapper"};

void AddSockets(const Launch& launch, Escapes& escapes) {
  for (const Delegate& delegate : launch.grant.egress.delegated) {
    const bool escapes_by_it = std::find(std::begin(kEscapingSockets), std::end(kEscapingSockets),
                                         delegate.kind) != std::end(kEscapingSockets);
    if (!escapes_by_it || delegate.reachable != Answer::Yes) continue;
    escapes.push_back(
        {fmt::format("it can connect to {} ({})", Quote(delegate.path), delegate.kind),
         PlaceOf(delegate.because, launch)});
  }
}

std::string_view WithoutPrefix(std::string_view capability) {
  if (capability.starts_with("CAP_") || capability.starts_with("cap_")) capability.remove_prefix(4);
  return capability;
}

void AddCapabilities(const std::vector<Word>& added, Escapes& escapes) {
  for (const Word& word : added) {
    std::string name(WithoutPrefix(word.text));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const bool escaping =
        std::find(std::begin(kEscapingCapabilities), std::end(kEscapingCapabilities), name) !=
        std::end(kEscapingCapabilities);
    if (escaping) escapes.push_back({"it has the capability " + name, word.span});
  }
}

void AddContainer(const Layer& layer, Escapes& escapes) {
  const ContainerRun& run = *layer.container;
  if (run.privileged) escapes.push_back({"its container is privileged", run.privileged->span});
  if (run.pid_host) {
    escapes.push_back({"it shares the processes of the host", run.pid_host->span});
  }
  for (const Word& device : run.devices) {
    const bool host_device =
        std::any_of(std::begin(kHostDevices), std::end(kHostDevices),
                    [&](std::string_view prefix) { return device.text.starts_with(prefix); });
    if (host_device) {
      escapes.push_back({fmt::format("it has the device {}", Quote(device.text)), device.span});
    }
  }
  AddCapabilities(run.cap_add, escapes);
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    Escapes escapes;
    for (const Layer& layer : launch.layers) {
      if (layer.container) AddContainer(layer, escapes);
    }
    AddSockets(launch, escapes);
    for (const Evidence& opening : launch.grant.openings) {
      escapes.push_back({opening.note, FirstLine(opening.span)});
    }
    if (escapes.empty()) return {};
    std::vector<std::string> whats;
    for (const Escape& escape : escapes) whats.push_back(escape.what);
    Finding finding = MakeFinding(kInfo, server, escapes.front().place,
                                  fmt::format("'{}' can leave its sandbox{}: {}", server.Name(),
                                              WhenOf(launch), JoinSome(whats, 4)));
    finding.items = {1, 2, 4};
    finding.detail = JoinWords(whats);
    for (std::size_t index = 1; index < escapes.size(); ++index) {
      finding.related.push_back({FirstLine(escapes[index].place), escapes[index].what});
    }
    return {finding};
  });
}

}  // namespace

const Rule kSandboxEscapePath{kInfo, Check, nullptr};

}  // namespace sandlint
