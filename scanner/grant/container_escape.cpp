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

/// Devices that lead to no file of the host; any other one may be a disk, or its memory.
constexpr auto kHarmless = std::to_array<std::string_view>(
    {"null",    "zero", "full",   "random",  "urandom", "tty", "ptmx",  "pts",
     "console", "fuse", "kvm",    "net/tun", "dri",     "snd", "video", "nvidia",
     "input",   "shm",  "hidraw", "kfd",     "media",   "rtc"});

bool IsRaw(std::string_view device) {
  const std::size_t colon = device.find(':');
  device = device.substr(0, colon);
  if (!device.starts_with("/dev")) return false;
  if (device == "/dev" || device == "/dev/") return true;
  const std::string_view name = device.substr(5);
  return std::ranges::none_of(
      kHarmless, [&](std::string_view harmless) { return name.starts_with(harmless); });
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

/// In the user namespace of a user's podman its monitor and its first process, which stand outside
/// of the container, are those that it may look into (observed with podman 4.3 without root).
std::optional<Evidence> SeesMonitor(const Layer& layer) {
  const ContainerRun& run = *layer.container;
  if (!run.pid_host) return std::nullopt;
  if (run.privileged) return EvidenceOf(*run.pid_host, "with --privileged it may look into podman");
  if (!AddsCapability(layer, "SYS_PTRACE")) return std::nullopt;
  return EvidenceOf(*run.pid_host, "with CAP_SYS_PTRACE it may look into podman's own processes");
}

/// The host's procfs, a part of it, or what it is mounted in: `-v /:/host:ro`.
bool HoldsProc(std::string_view source) {
  return source == "/" || source == "/proc" || source.starts_with("/proc/");
}

/// Of a process of the same user, /proc/PID/root leads to all of the host's files as that user sees
/// them; no capability is asked for (observed with podman 4.3 --pid=host --user 1000).
void AddProcesses(const Layer& layer, const Seats& seats, Escapes& escapes) {
  if (layer.container->pid_host) {
    escapes.possible.push_back(EvidenceOf(*layer.container->pid_host,
                                          "/proc/PID/root of a host process leads to its files"));
  }
  for (const Seat& seat : seats.All()) {
    if (seat.kind != SeatKind::Bind || !HoldsProc(seat.source) || seat.because.empty()) continue;
    Evidence evidence = seat.because.front();
    evidence.note = "/proc/PID/root of a host process leads to its files";
    escapes.possible.push_back(std::move(evidence));
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

std::optional<Evidence> SeesHostProcesses(const Layer& layer, const HostFacts& host) {
  if (!layer.container) return std::nullopt;
  const bool podman = layer.container->engine == "podman";
  // In a user namespace of its own it may look into no process outside.
  if (layer.container->engine == "container") return std::nullopt;
  if (podman && host.Caller().uid != 0) return SeesMonitor(layer);
  std::optional<Evidence> evidence;
  if (layer.container->pid_host) evidence = EvidenceOf(*layer.container->pid_host);
  for (const Mount& mount : layer.mounts) {
    if (mount.kind == MountKind::Bind && (HoldsProc(mount.source.text) || !mount.source.Known())) {
      evidence = EvidenceOf(mount.source ? mount.source : mount.option);
    }
  }
  if (evidence) evidence->note = "/proc/PID/environ of a process of the same user can be read";
  return evidence;
}

Escapes EscapesOf(const Layer& layer, const Actors& actors, const HostFacts& host,
                  const Seats& seats) {
  Escapes escapes;
  const bool mac = host.Caller().home.starts_with("/Users/");
  AddPrivileged(layer, actors, mac, escapes);
  if (!actors.maps_users) {
    AddProcesses(layer, seats, escapes);
    AddCapabilities(layer, escapes);
  } else if (auto monitor = SeesMonitor(layer)) {
    escapes.possible.push_back(std::move(*monitor));
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
