#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/grant/view_makers.h"

namespace sandlint {

enum class SeatKind : std::uint8_t {
  Image,    ///< the root file system
  Bind,     ///< `source` of the view that the engine sees
  Overlay,  ///< the same, but writes go nowhere (or to another directory)
  Tmpfs,    ///< empty
  Volume,   ///< starts as a copy of what the image has there
  Node,     ///< one file or device that the runtime makes: `node`
  Kernel,   ///< procfs, sysfs: what is below is not listed
};

/// Something mounted in a container, at a clean path with no link in it.
struct Seat {
  SeatKind kind = SeatKind::Image;
  std::string target;
  std::string source;  ///< a path of the host; of a volume its name
  Object node;         ///< the object at `target` itself, for what has no source
  bool read_only = false;
  bool recursive_read_only = true;
  bool gives_owner = false;  ///< as of a Mount
  bool runtime = false;      ///< made by the engine, not asked for
  Because because;
};

/// What is mounted in a container, found by path. The root is always there.
class Seats {
 public:
  /// `copies`: a tmpfs starts with what the image has at its place (podman).
  Seats(std::shared_ptr<const View> sources, std::shared_ptr<const ImageFacts> image, bool copies)
      : sources_(std::move(sources)), image_(std::move(image)), copies_(copies) {}

  /// Replaces a seat at the same target.
  void Add(Seat seat);
  template <typename Condition>
  void RemoveIf(Condition condition) {
    std::erase_if(seats_, condition);
  }
  /// The seat that `path` lies in: the deepest.
  const Seat* At(std::string_view path) const;
  const std::vector<Seat>& All() const { return seats_; }

  std::optional<Object> Lstat(std::string_view path) const;
  std::vector<std::string> List(std::string_view directory) const;
  /// `target` with the links in it followed, as the runtime does it (never out of the root).
  std::string Resolve(std::string_view target) const;
  const View& Sources() const { return *sources_; }

 private:
  std::optional<Object> InImage(const Seat& seat, std::string_view path) const;
  std::optional<Object> InSource(const Seat& seat, std::string_view path) const;
  bool HasSeatBelow(std::string_view path) const;

  std::shared_ptr<const View> sources_;
  std::shared_ptr<const ImageFacts> image_;  ///< null: nothing is known of it
  bool copies_;
  std::vector<Seat> seats_;
};

/// What the engine itself mounts: /proc, /dev, /etc/hosts and the rest.
std::vector<Seat> RuntimeSeats(const Layer& layer, const ImageFacts* image);

}  // namespace sandlint
