#include "scanner/grant/container_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace sandlint {
namespace {

bool IsDrive(std::string_view source) { return source.size() > 2 && source[1] == ':'; }

class SeatBuilder {
 public:
  SeatBuilder(const SeatInputs& inputs, ViewStep& step)
      : in_(inputs),
        run_(*inputs.layer.container),
        podman_(run_.engine == "podman"),
        step_(step),
        seats_(inputs.sources, inputs.image, podman_) {}

  Seats Build() {
    for (Seat& seat : RuntimeSeats(in_.layer, in_.image.get())) seats_.Add(std::move(seat));
    if (run_.rootfs) AddRoot();
    std::vector<const Mount*> mounts = Sorted();
    for (const Mount* mount : mounts) AddMount(*mount);
    for (const Word& device : run_.devices) AddDevice(device);
    Settle();
    return std::move(seats_);
  }

 private:
  void Problem(const Word& word, std::string text, Answer fatal = Answer::Yes) {
    step_.problems.push_back({word, std::move(text), fatal});
  }

  std::string Absolute(const std::string& source) const {
    if (source.starts_with('/')) return CleanPath(source);
    return CleanPath(in_.working_directory + "/" + source);
  }

  /// docker's engine is root; podman sees what its own user sees.
  std::optional<std::string> RealSource(const std::string& path) const {
    return in_.sources->Realpath(path, podman_ ? &in_.sources->Caller() : nullptr);
  }

  /// Parents first; of equal targets one counts.
  std::vector<const Mount*> Sorted() {
    std::vector<const Mount*> mounts;
    for (const Mount& mount : in_.layer.mounts) {
      const auto same = std::ranges::find_if(mounts, [&](const Mount* other) {
        return CleanPath(other->target.text) == CleanPath(mount.target.text);
      });
      if (same == mounts.end()) {
        mounts.push_back(&mount);
      } else if (!SameMount(**same, mount)) {
        Problem(mount.target.span ? mount.target : mount.option,
                fmt::format("{} is mounted twice: {} stops (duplicate mount point)",
                            mount.target.text, run_.engine),
                OnlyOneIsMount(**same, mount) ? Answer::Unknown : Answer::Yes);
        mounts.push_back(&mount);
      }
    }
    std::ranges::stable_sort(mounts, {}, [](const Mount* mount) {
      const std::string target = CleanPath(mount->target.text);
      return target == "/" ? 0 : std::ranges::count(target, '/');
    });
    return mounts;
  }

  /// A --mount and a -v that ask for the very same are one (observed with podman 4.3.1).
  static bool OnlyOneIsMount(const Mount& one, const Mount& other) {
    return one.option.text.starts_with("--mount") != other.option.text.starts_with("--mount");
  }

  /// The same -v or --tmpfs twice is one; two --mount never are (observed with podman 4.3.1).
  static bool SameMount(const Mount& one, const Mount& other) {
    for (const Mount* mount : {&one, &other}) {
      if (mount->option.text.starts_with("--mount")) return false;
    }
    const bool tmpfs = one.kind == MountKind::Tmpfs && other.kind == MountKind::Tmpfs;
    return tmpfs || (one.kind == other.kind && one.source.text == other.source.text &&
                     one.read_only == other.read_only);
  }

  Seat SeatOf(const Mount& mount, SeatKind kind) const {
    Seat seat;
    seat.kind = kind;
    seat.target = seats_.Resolve(mount.target.text);
    seat.read_only = mount.read_only;
    seat.recursive_read_only = mount.recursive_read_only;
    seat.gives_owner = mount.gives_owner;
    seat.node.kind = NodeKind::Directory;
    seat.node.mode = 0755;
    Evidence evidence = EvidenceOf(mount.target.span ? mount.target : mount.option);
    evidence.text = mount.option.text;
    if (mount.source) evidence.text += " " + mount.source.text;
    for (const Word& below : mount.overlay_sources) evidence.text += " " + below.text;
    evidence.text += (mount.source || !mount.overlay_sources.empty() ? ":" : " ") +
                     mount.target.text + (mount.read_only ? ":ro" : "");
    if (mount.option.argv_index >= 0) evidence.argv_index = mount.option.argv_index;
    seat.because = {std::move(evidence)};
    return seat;
  }

  void AddMount(const Mount& mount) {
    switch (mount.kind) {
      case MountKind::Bind:
        return AddBind(mount, mount.source, SeatKind::Bind);
      case MountKind::Overlay:
        if (mount.source) {  // an upper directory takes the writes
          Mount upper = mount;
          upper.target.text += "/.upper";
          AddBind(upper, mount.source, SeatKind::Bind);
        }
        return AddBind(mount, mount.overlay_sources.front(), SeatKind::Overlay);
      case MountKind::Tmpfs:
        return AddTmpfs(mount);
      case MountKind::Data:
        return AddData(mount);
      default:
        return AddVolume(mount);
    }
  }

  void AddBind(const Mount& mount, const Word& source, SeatKind kind) {
    Seat seat = SeatOf(mount, kind);
    if (!source.Known()) return;  // a doubt about everything; see EscapesOf
    if (IsDrive(source.text)) {
      step_.notes.push_back({Support::Unmodelled, source, Facet::Paths, "a path of Windows"});
      return;
    }
    const std::string path = Absolute(source.text);
    const auto real = RealSource(path);
    if (!real && mount.optional) return;
    if (!real && !MakesMissing(mount)) {
      return Problem(source.span ? source : mount.option,
                     fmt::format("{} does not exist: {} stops", source.text, run_.engine));
    }
    seat.source = real.value_or(path);
    CheckTarget(mount, seat);
    seats_.Add(std::move(seat));
  }

  /// docker makes the missing source of a -v; --mount and podman do not.
  bool MakesMissing(const Mount& mount) const {
    return !podman_ && !mount.option.text.starts_with("--mount");
  }

  /// What is there already must be of the same type; in a read-only mount nothing can be made.
  void CheckTarget(const Mount& mount, const Seat& seat) {
    const auto below = seats_.Lstat(seat.target);
    const auto source = in_.sources->Lstat(seat.source);
    const Seat* parent = seats_.At(seat.target);
    const Word& word = mount.target.span ? mount.target : mount.option;
    if (!below && parent != nullptr && parent->kind == SeatKind::Bind && parent->read_only) {
      return Problem(
          word, fmt::format("{} is missing in a read-only mount and cannot be made", seat.target));
    }
    if (!below || !source || !below->certain || !source->certain) return;
    const bool folder = below->kind == NodeKind::Directory;
    if (parent->target == seat.target && parent->runtime) return;
    if (folder != (source->kind == NodeKind::Directory)) {
      Problem(word, fmt::format("{} is a {} and the source is none: the mount fails", seat.target,
                                folder ? "directory" : "file"));
    }
  }

  void AddTmpfs(const Mount& mount) {
    Seat seat = SeatOf(mount, SeatKind::Tmpfs);
    const auto below = seats_.Lstat(seat.target);
    seat.node.mode = 01777;
    // podman starts a tmpfs with a copy of what is at its place, be it the host's (observed).
    const Seat* over = seats_.At(seat.target);
    const bool copies = podman_ && over != nullptr && below && !below->host.empty() &&
                        (over->kind == SeatKind::Bind || over->kind == SeatKind::Overlay);
    if (copies) {
      seat.kind = SeatKind::Overlay;
      seat.source = JoinPath(over->source, RelativeTo(seat.target, over->target));
      seat.because.front().note = "podman copies what lies there into it";
    }
    if (podman_ && below && below->certain) seat.node.mode = below->mode;
    if (podman_ && below && !below->certain) seat.node.certain = in_.actors.inside.ids.override_all;
    seats_.Add(std::move(seat));
  }

  void AddVolume(const Mount& mount) {
    Seat seat = SeatOf(mount, SeatKind::Volume);
    seat.source = mount.source.text;
    seat.because.front().note =
        mount.source ? "a named volume: it outlives the container" : "a volume of its own";
    // Who owns it depends on the image, or on who used it before.
    // podman gives a new one to the user of the container (observed).
    const bool fresh = !mount.source && in_.image != nullptr && !podman_;
    const auto below = seats_.Lstat(seat.target);
    if (below && below->certain) seat.node = *below;
    seat.node.certain = fresh || in_.actors.inside.ids.override_all;
    seat.node.host.clear();
    seats_.Add(std::move(seat));
  }

  void AddData(const Mount& mount) {
    Seat seat = SeatOf(mount, SeatKind::Node);
    seat.node.kind = NodeKind::File;
    seat.node.mode = 0444;
    seats_.Add(std::move(seat));
  }

  /// `/dev/x`, `/dev/x:/dev/y:rwm`; what has no slash at its start is a device of another kind.
  void AddDevice(const Word& word) {
    if (!word.Known() || !word.text.starts_with('/')) return;
    const std::size_t colon = word.text.find(':');
    const std::string source = CleanPath(word.text.substr(0, colon));
    std::string target = source;
    if (colon != std::string::npos) {
      const std::string second =
          word.text.substr(colon + 1, word.text.find(':', colon + 1) - colon - 1);
      if (second.starts_with('/')) target = CleanPath(second);
    }
    const auto real = RealSource(source);
    if (!real) {
      return Problem(word, fmt::format("{} does not exist: {} stops", source, run_.engine));
    }
    Seat seat;
    seat.kind = SeatKind::Bind;
    seat.source = *real;
    seat.target = seats_.Resolve(target);
    seat.because = {EvidenceOf(word, "a device of the host")};
    seats_.Add(std::move(seat));
  }

  /// --rootfs DIR: a directory of the host is the root; `DIR:O` takes no writes.
  void AddRoot() {
    const std::string& text = run_.image.text;
    const bool overlay = text.ends_with(":O");
    Seat seat;
    seat.kind = overlay ? SeatKind::Overlay : SeatKind::Bind;
    seat.target = "/";
    seat.read_only = run_.read_only.has_value();
    seat.recursive_read_only = false;
    seat.because = {EvidenceOf(run_.image, "a directory of the host is the root")};
    const std::string path = Absolute(text.substr(0, text.size() - (overlay ? 2 : 0)));
    const auto real = RealSource(path);
    if (!real) return Problem(run_.image, fmt::format("{} does not exist", path));
    seat.source = *real;
    seats_.Add(std::move(seat));
  }

  /// What the engine leaves out where something else is mounted.
  void Settle() {
    const auto mounted = [&](std::string_view target) {
      return std::ranges::any_of(seats_.All(), [&](const Seat& seat) {
        return seat.target == target && (!seat.runtime || seat.kind == SeatKind::Tmpfs);
      });
    };
    const bool run = mounted("/run");
    const bool dev = std::ranges::any_of(
        seats_.All(), [](const Seat& seat) { return seat.target == "/dev" && !seat.runtime; });
    seats_.RemoveIf([&](const Seat& seat) {
      if (!seat.runtime) return false;
      if (run && seat.target == "/run/.containerenv") return true;
      return dev && seat.kind == SeatKind::Node && IsBelow(seat.target, "/dev");
    });
  }

  const SeatInputs& in_;
  const ContainerRun& run_;
  bool podman_;
  ViewStep& step_;
  Seats seats_;
};

}  // namespace

Seats BuildSeats(const SeatInputs& inputs, ViewStep& step) {
  return SeatBuilder(inputs, step).Build();
}

}  // namespace sandlint
