// What docker and podman mount into every container (observed with podman 4.3.1; docker where its
// documentation says so).

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "scanner/grant/container_seats.h"

namespace sandlint {
namespace {

struct DeviceRow {
  const char* path;
  NodeKind kind;
  std::uint32_t mode;
};
constexpr std::array kDevices = {
    DeviceRow{"/dev/null", NodeKind::CharDevice, 0666},
    DeviceRow{"/dev/zero", NodeKind::CharDevice, 0666},
    DeviceRow{"/dev/full", NodeKind::CharDevice, 0666},
    DeviceRow{"/dev/random", NodeKind::CharDevice, 0666},
    DeviceRow{"/dev/urandom", NodeKind::CharDevice, 0666},
    DeviceRow{"/dev/shm", NodeKind::Directory, 01777},
    DeviceRow{"/dev/mqueue", NodeKind::Directory, 01777},
    DeviceRow{"/dev/pts", NodeKind::Directory, 0755},
};

bool HasFlag(const Layer& layer, std::string_view option) {
  return std::any_of(layer.words.begin(), layer.words.end(),
                     [&](const Word& word) { return word.text == option; });
}

class Builder {
 public:
  Builder(const Layer& layer, const ImageFacts* image) : layer_(layer), image_(image) {}

  void Add(SeatKind kind, std::string target, NodeKind node, std::uint32_t mode, bool read_only) {
    Seat seat;
    seat.kind = kind;
    seat.target = std::move(target);
    seat.node.kind = node;
    seat.node.mode = mode;
    seat.read_only = read_only;
    seat.runtime = true;
    seat.because = {EvidenceOf(layer_.program, "the engine mounts it itself")};
    seats.push_back(std::move(seat));
  }

  /// The mode of a directory that the image has, which podman's tmpfs takes over.
  std::uint32_t ModeInImage(const std::string& path, std::uint32_t otherwise) const {
    if (image_ == nullptr) return otherwise;
    const auto node = image_->nodes.find(path);
    return node == image_->nodes.end() ? otherwise : node->second.mode;
  }

  void Root() {
    Add(SeatKind::Image, "/", NodeKind::Directory, 0755, layer_.container->read_only.has_value());
    seats.back().because = {EvidenceOf(layer_.container->image, "the files of the image")};
  }

  void Kernel() {
    const bool privileged = layer_.container->privileged.has_value();
    Add(SeatKind::Kernel, "/proc", NodeKind::Directory, 0555, false);
    Add(SeatKind::Kernel, "/sys", NodeKind::Directory, 0555, !privileged);
    Add(privileged ? SeatKind::Kernel : SeatKind::Tmpfs, "/dev", NodeKind::Directory, 0755, false);
    for (const DeviceRow& row : kDevices) {
      Add(row.kind == NodeKind::Directory ? SeatKind::Tmpfs : SeatKind::Node, row.path, row.kind,
          row.mode, false);
    }
    if (layer_.container->tty) {
      Add(SeatKind::Node, "/dev/console", NodeKind::CharDevice, 0620, false);
      Add(SeatKind::Node, "/dev/tty", NodeKind::CharDevice, 0666, false);
    }
  }

  void Files() {
    const bool podman = layer_.container->engine == "podman";
    const bool read_only = layer_.container->read_only.has_value();
    const auto file = [&](const char* path) {
      Add(SeatKind::Node, path, NodeKind::File, 0644, read_only);
    };
    if (!HasFlag(layer_, "--no-hosts")) file("/etc/hosts");
    file("/etc/hostname");
    if (!podman || layer_.network.mode != NetworkMode::None) file("/etc/resolv.conf");
    if (!podman && layer_.network.mode == NetworkMode::None) seats.back().node.certain = false;
    if (podman) file("/run/.containerenv");
    if (!podman) {
      file("/.dockerenv");
      seats.back().node.certain = false;
    }
  }

  /// What podman keeps writable under --read-only.
  void Writable() {
    if (!layer_.container->read_only_tmpfs) return;
    for (const char* path : {"/tmp", "/run", "/var/tmp"}) {
      const std::uint32_t usual = std::string_view(path) == "/run" ? 0755 : 01777;
      Add(SeatKind::Tmpfs, path, NodeKind::Directory, ModeInImage(path, usual), false);
      seats.back().because = {
          EvidenceOf(*layer_.container->read_only, "podman keeps it writable all the same")};
    }
  }

  std::vector<Seat> seats;

 private:
  const Layer& layer_;
  const ImageFacts* image_;
};

}  // namespace

std::vector<Seat> RuntimeSeats(const Layer& layer, const ImageFacts* image) {
  Builder builder(layer, image);
  builder.Root();
  builder.Kernel();
  builder.Files();
  builder.Writable();
  return std::move(builder.seats);
}

}  // namespace sandlint
