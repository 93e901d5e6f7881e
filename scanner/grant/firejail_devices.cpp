// private-dev, the switches that hide devices, and the sockets of D-Bus.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/grant/firejail_setup.h"

namespace sandlint {
namespace {

struct Device {
  std::string_view keyword;  ///< hides it
  std::string_view prefix;   ///< with a digit behind it where it ends in one of a series
  bool series = false;
};
constexpr auto kDevices = std::to_array<Device>({
    {"nosound", "/dev/snd"},
    {"no3d", "/dev/dri"},
    {"no3d", "/dev/nvidia", true},
    {"no3d", "/dev/nvidiactl"},
    {"no3d", "/dev/nvidia-modeset"},
    {"no3d", "/dev/nvidia-uvm"},
    {"novideo", "/dev/video", true},
    {"notv", "/dev/dvb"},
    {"nodvd", "/dev/sr0"},
    {"nou2f", "/dev/hidraw", true},
    {"nou2f", "/dev/usb"},
    {"noinput", "/dev/input"},
});
constexpr auto kCharacters = std::to_array<std::string_view>(
    {"full", "null", "pts/ptmx", "random", "tty", "urandom", "zero"});
struct DeviceLink {
  std::string_view name;
  std::string_view target;
};
constexpr auto kLinks = std::to_array<DeviceLink>({
    {"fd", "/proc/self/fd"},
    {"ptmx", "/dev/pts/ptmx"},
    {"stderr", "/proc/self/fd/2"},
    {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"},
});

template <typename Visit>
void EachDevice(Visit visit) {
  for (const Device& device : kDevices) {
    if (!device.series) {
      visit(device, std::string(device.prefix));
      continue;
    }
    for (int number = 0; number < 10; ++number) {
      visit(device, fmt::format("{}{}", device.prefix, number));
    }
  }
}

}  // namespace

void FirejailSetup::PrivateDevices() {
  const Directive* by = Last("private-dev");
  if (by == nullptr) return;
  FirejailTree before = tree_;
  FirejailSeat dev = Tmpfs(0755, 0, by);
  dev.no_devices = false;
  for (const std::string_view name : kCharacters) {
    Object object;
    object.kind = NodeKind::CharDevice;
    object.mode = 0666;
    object.host = "/dev/" + std::string(name);
    dev.entries.emplace(name, object);
  }
  Object folder;
  folder.kind = NodeKind::Directory;
  folder.mode = 0755;
  dev.entries.emplace("pts", folder);
  folder.mode = 01777;
  dev.entries.emplace("shm", folder);
  for (const DeviceLink& link : kLinks) {
    Object object;
    object.kind = NodeKind::Symlink;
    object.link = link.target;
    dev.entries.emplace(link.name, object);
  }
  tree_.Mount("/dev", std::move(dev));
  EachDevice([&](const Device& device, const std::string& path) {
    const auto object = before.Lstat(path);
    if (object && object->certain && !Has(device.keyword)) tree_.Restore(path, before);
  });
  if (const auto log = before.Lstat("/dev/log"); log && log->certain) {
    tree_.Restore("/dev/log", before);
  }
  const std::vector<std::string> shared = before.List("/dev/shm");
  const bool jack =
      std::ranges::any_of(shared, [](const std::string& name) { return name.starts_with("jack"); });
  if (Has("keep-dev-shm") || jack) tree_.Restore("/dev/shm", before);
  own_.emplace_back("/dev");
}

void FirejailSetup::DisableDevices() {
  EachDevice([&](const Device& device, const std::string& path) {
    const Directive* by = Last(device.keyword);
    const auto object = by == nullptr ? std::nullopt : tree_.Lstat(path);
    if (object && object->certain) Mask(path, by);
  });
  const Directive* by = Last("nosound");
  if (by == nullptr) return;
  for (const char* name : {"/.config/pulse", "/.pulse"}) Mask(home_ + name, by);
  for (const char* name : {"/pulse/native", "/pipewire-0"}) Mask(run_user_ + name, by);
  for (const std::string& name : tree_.List("/tmp")) {
    if (name.starts_with("pulse-")) Mask("/tmp/" + name, by);
  }
}

void FirejailSetup::DisableBuses() {
  const Directive* none = Last("nodbus");
  const Directive* user = Last("dbus-user");
  const Directive* system = Last("dbus-system");
  if (const Directive* by = user != nullptr ? user : none) {
    Mask(run_user_ + "/bus", by);
    Mask(run_user_ + "/dbus/user_bus_socket", by);
    Mask(home_ + "/.dbus", by);
  }
  if (const Directive* by = system != nullptr ? system : none) {
    Mask("/run/dbus/system_bus_socket", by);
  }
}

}  // namespace sandlint
