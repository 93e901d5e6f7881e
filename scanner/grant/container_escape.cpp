#include "scanner/grant/container_escape.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace sandlint {
namespace {

struct CapabilityRow {
  const char* name;
  const char* why;
  bool host_pids;  ///< only together with --pid=host
};
constexpr std::array kCapabilities = {
    CapabilityRow{"SYS_ADMIN", "it can mount file systems of the host", false},
    CapabilityRow{"SYS_MODULE", "it can load code into the kernel", false},
    CapabilityRow{"SYS_RAWIO", "it can reach the memory and the disks of the host", false},
    CapabilityRow{"DAC_READ_SEARCH", "it can open files of the host by their handle", false},
    CapabilityRow{"BPF", "it can look into every process of the host", false},
    CapabilityRow{"PERFMON", "it can look into every process of the host", false},
    CapabilityRow{"SYS_PTRACE", "it can look into the processes of the host", true},
};

/// Disks, and the memory: whoever opens them has every file.
constexpr std::array<std::string_view, 12> kRawDevices = {
    "sd", "hd", "vd", "xvd", "nvme", "dm-", "md", "mapper", "mmcblk", "mem", "kmem", "port"};

bool IsRaw(std::string_view device) {
  const std::size_t colon = device.find(':');
  device = device.substr(0, colon);
  if (!device.starts_with("/dev")) return false;
  if (device == "/dev" || device == "/dev/") return true;
  const std::string_view name = device.substr(5);
  return std::any_of(kRawDevices.begin(), kRawDevices.end(),
                     [&](std::string_view raw) { return name.starts_with(raw); });
}

bool Touches(const Note& note) {
  return Touches(note.facets, Facet::Paths) &&
         (note.support == Support::Unknown || note.support == Support::Unmodelled);
}

void AddPrivileged(const Layer& layer, const Actors& actors, bool mac, Escapes& escapes) {
  const auto& privileged = layer.container->privileged;
  if (!privileged || (actors.maps_users && !mac)) return;
  if (actors.inner_uid == 0U && !mac) {
    escapes.proven.push_back(
        EvidenceOf(*privileged, "root inside can open every device and disk of the host"));
  } else {
    escapes.possible.push_back(EvidenceOf(*privileged, "nothing but its user id holds it back"));
  }
}

/// Of a process of the same user, /proc/PID/root leads to all of the host's files as that user sees
/// them; no capability is asked for (observed with podman 4.3 --pid=host --user 1000).
void AddProcesses(const Layer& layer, Escapes& escapes) {
  if (layer.container->pid_host) {
    escapes.possible.push_back(EvidenceOf(*layer.container->pid_host,
                                          "/proc/PID/root of a host process leads to its files"));
  }
  for (const Mount& mount : layer.mounts) {
    const std::string& source = mount.source.text;
    if (mount.kind != MountKind::Bind || !mount.source.Known()) continue;
    if (source != "/proc" && !source.starts_with("/proc/")) continue;
    escapes.possible.push_back(
        EvidenceOf(mount.source, "/proc/PID/root of a host process leads to its files"));
  }
}

void AddCapabilities(const Layer& layer, Escapes& escapes) {
  for (const Word& word : layer.cap_add) {
    for (const CapabilityRow& row : kCapabilities) {
      if (row.host_pids && !layer.container->pid_host) continue;
      if (!AddsCapability(layer, row.name)) continue;
      Layer only = layer;
      only.cap_add = {word};
      if (!AddsCapability(only, row.name)) continue;
      escapes.possible.push_back(EvidenceOf(word, row.why));
      break;
    }
  }
}

}  // namespace

Escapes EscapesOf(const Layer& layer, const Actors& actors, const HostFacts& host) {
  Escapes escapes;
  const bool mac = host.Caller().home.starts_with("/Users/");
  AddPrivileged(layer, actors, mac, escapes);
  if (!actors.maps_users) {
    AddProcesses(layer, escapes);
    AddCapabilities(layer, escapes);
  }
  for (const Word& device : layer.container->devices) {
    if (!device.Known() || IsRaw(device.text)) {
      escapes.possible.push_back(EvidenceOf(device, "a disk or the memory of the host"));
    }
  }
  for (const Note& note : layer.notes) {
    if (Touches(note)) escapes.possible.push_back(EvidenceOf(note.word, note.why));
  }
  for (const Mount& mount : layer.mounts) {
    const bool bind = mount.kind == MountKind::Bind || mount.kind == MountKind::Overlay;
    if (!bind || mount.source.Known()) continue;
    escapes.possible.push_back(EvidenceOf(mount.source, "what it stands for is not known here"));
  }
  return escapes;
}

}  // namespace sandlint
