// The file system of a systemd service (systemd.exec(5), namespace.c of 252): what is said of paths
// counts by depth, not by line; of two words on one path the stricter wins; what lies below an
// inaccessible path is gone, whatever else names it.

#include "scanner/grant/systemd_mounts.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/peel/systemd_settings.h"

namespace sandlint {
namespace {

/// In the order of precedence.
enum class What : std::uint8_t {
  Closed,
  Bound,
  Private,
  Devices,
  ReadOnly,
  Writable,
  Empty,
  Implicit
};

struct Entry {
  std::string path;
  What what = What::Closed;
  Mount mount;
  bool applied = false;
};

/// Where systemd puts the new root together: a bind that carries it along shows all of it again, as
/// it is at that moment (observed with 252).
constexpr std::string_view kUnitRoot = "/run/systemd/unit-root";
constexpr int kMaxSteps = 400;

What WhatOf(const Mount& mount) {
  switch (mount.kind) {
    case MountKind::RemountReadOnly:
      return What::ReadOnly;
    case MountKind::Devices:
      return What::Devices;
    case MountKind::Tmpfs:
      return mount.mode == 0U ? What::Closed : mount.mode == 01777U ? What::Private : What::Empty;
    default:
      if (mount.source) return What::Bound;
      return mount.mode == kSystemdImplicit ? What::Implicit : What::Writable;
  }
}

/// Does systemd make the place of such an entry where it is missing?
bool MakesPlace(What what) { return what == What::Bound || what == What::Empty; }

/// `/a/b` before `/a/b/c` before `/a-b`.
bool PathLess(const Entry& a, const Entry& b) {
  const auto key = [](const Entry& entry) {
    std::string text = entry.path == "/" ? "" : entry.path;
    std::ranges::replace(text, '/', '\1');
    return text;
  };
  const std::string first = key(a), second = key(b);
  return first != second ? first < second : a.what < b.what;
}

class Planner {
 public:
  Planner(const Layer& layer, const View& outside) : layer_(layer), outside_(outside) {}

  SystemdMounts Run() {
    Collect();
    Normalize();
    PutRoot();
    Apply();
    // Only when everything is mounted is anything made read-only.
    mounts_.insert(mounts_.end(), seals_.begin(), seals_.end());
    return {std::move(mounts_), std::move(problems_), std::move(unknown_)};
  }

 private:
  bool HasRoot() const { return layer_.root == RootKind::Empty; }

  void Collect() {
    for (const Mount& mount : layer_.mounts) {
      if (HasRoot() && &mount == &layer_.mounts.front()) continue;
      if (!mount.target.Known() || !mount.source.Known()) {
        unknown_ = mount.target.Known() ? mount.source : mount.target;
        continue;
      }
      Entry entry{CleanPath(mount.target.text), WhatOf(mount), mount};
      const bool placed = HasRoot() || MakesPlace(entry.what) || IsInNew(entry.path);
      if (!placed && !outside_.Realpath(entry.path, nullptr)) {
        if (!mount.optional) Missing(mount);
        continue;
      }
      if (entry.what == What::Bound && !HasSource(mount)) continue;
      entries_.push_back(std::move(entry));
    }
  }

  /// A source that is missing leaves its line without effect, where it may be missing.
  bool HasSource(const Mount& mount) {
    const auto real = outside_.Realpath(CleanPath(mount.source.text), nullptr);
    if (real && IsBelow(kUnitRoot, *real)) unknown_ = mount.source;
    return real || !mount.optional;
  }

  void Normalize() {
    std::ranges::stable_sort(entries_, PathLess);
    DropCovered();
  }

  /// In the order of the paths as they are written. Where one turns out to be a link its path is
  /// that of the target from then on: what is mounted already stays below it.
  void Apply() {
    for (int steps = 0; steps < kMaxSteps; ++steps) {
      const auto next = std::ranges::find(entries_, false, &Entry::applied);
      if (next == entries_.end()) return;
      if (auto target = Follow(next->path)) {
        next->path = std::move(*target);
        Normalize();
        continue;
      }
      next->applied = true;
      Put(*next);
    }
    if (!entries_.empty()) unknown_ = entries_.back().mount.target;
  }

  /// Where the first link in `path` leads, as the new root stands.
  std::optional<std::string> Follow(const std::string& path) const {
    if (HasRoot()) return std::nullopt;
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
      const std::string part = path.substr(0, end);
      const auto source = SourceOf(part);
      const auto object = source ? outside_.Lstat(*source) : std::nullopt;
      if (!object) return std::nullopt;
      if (object->kind == NodeKind::Symlink) {
        const std::string folder = part.substr(0, part.rfind('/'));
        const std::string rest = end == path.npos ? "" : path.substr(end);
        const bool absolute = object->link.starts_with('/');
        return CleanPath((absolute ? object->link : folder + '/' + object->link) + rest);
      }
      if (end == path.npos) return std::nullopt;
    }
  }

  /// Below something that is mounted first.
  bool IsInNew(const std::string& path) const {
    return std::ranges::any_of(layer_.mounts, [&](const Mount& mount) {
      return MakesPlace(WhatOf(mount)) && IsBelow(path, CleanPath(mount.target.text));
    });
  }

  void Missing(const Mount& mount) {
    const Answer sure = outside_.Host().Symbolic() ? Answer::Unknown : Answer::Yes;
    problems_.push_back({mount.target, "there is no such path, and no `-` before it", sure});
  }

  void DropCovered() {
    std::vector<Entry> kept;
    for (Entry& entry : entries_) {
      Entry* last = kept.empty() ? nullptr : &kept.back();
      if (last != nullptr && last->path == entry.path && !last->applied && !entry.applied) {
        last->mount.read_only |= entry.what == What::ReadOnly || entry.mount.read_only;
        continue;
      }
      const bool closed = std::ranges::any_of(kept, [&](const Entry& above) {
        return above.what == What::Closed && IsBelow(entry.path, above.path);
      });
      if (!closed) kept.push_back(std::move(entry));
    }
    entries_ = std::move(kept);
  }

  void PutRoot() {
    Mount root;
    if (HasRoot()) {
      root = layer_.mounts.front();
    } else {
      root.option = layer_.program;
      root.source.text = root.target.text = "/";
    }
    root.devices = true;
    shown_.push_back({"/", HasRoot() ? CleanPath(root.source.text) : "/"});
    mounts_.push_back(std::move(root));
  }

  /// What of the host `path` shows by now; nothing where that is none of its files.
  std::optional<std::string> SourceOf(const std::string& path) const {
    for (auto one = shown_.rbegin(); one != shown_.rend(); ++one) {
      if (!IsBelow(path, one->path)) continue;
      if (one->source.empty()) return std::nullopt;
      return CleanPath(JoinPath(one->source, RelativeTo(path, one->path)));
    }
    return std::nullopt;
  }

  /// Is something mounted below already? A path onto itself would take it along.
  bool HasBelow(const std::string& path) const {
    return std::ranges::any_of(
        shown_, [&](const Shown& one) { return one.path != path && IsBelow(one.path, path); });
  }

  void Put(const Entry& entry) {
    Mount mount = entry.mount;
    mount.target.text = entry.path;
    std::string source;
    switch (entry.what) {
      case What::ReadOnly:
      case What::Writable:
      case What::Implicit: {
        const auto from = SourceOf(entry.path);
        if (!from) return;
        if (HasBelow(entry.path)) {
          unknown_ = mount.target;
          return;
        }
        source = *from;
        mount.kind = MountKind::Bind;
        mount.read_only = entry.what == What::ReadOnly || mount.read_only;
        mount.source = mount.target;
        mount.source.text = source;
        break;
      }
      case What::Bound:
        source = CleanPath(mount.source.text);
        break;
      case What::Closed:
        Close(mount);
        break;
      default:
        break;
    }
    shown_.push_back({entry.path, source});
    const bool seal = mount.read_only && mount.kind != MountKind::Data;
    if (seal) Seal(mount, source);
    mount.read_only = mount.read_only && !seal;
    if (entry.what == What::Devices) {
      mounts_.push_back(mount);
      PutSharedMemory(mount);
    } else {
      mounts_.push_back(std::move(mount));
    }
  }

  /// Read-only with every mount that rides along, but for what has a word of its own.
  void Seal(Mount mount, const std::string& source) {
    mount.kind = MountKind::RemountReadOnly;
    mount.source = {};
    const std::string top = mount.target.text;
    seals_.push_back(mount);
    if (source.empty()) return;
    for (const std::string& below : outside_.MountsBelow(source)) {
      mount.target.text = CleanPath(JoinPath(top, RelativeTo(below, source)));
      const bool named = std::ranges::any_of(entries_, [&](const Entry& entry) {
        return entry.path != top && IsBelow(entry.path, top) &&
               IsBelow(mount.target.text, entry.path);
      });
      if (!named) seals_.push_back(mount);
    }
  }

  void Close(Mount& mount) const {
    const auto object = outside_.Lstat(mount.target.text);
    if (!object || object->kind == NodeKind::Directory) return;
    mount.kind = MountKind::Data;
    mount.read_only = true;
  }

  /// /dev/shm stays that of the host.
  void PutSharedMemory(const Mount& devices) {
    Mount shm = devices;
    shm.kind = MountKind::Bind;
    shm.optional = true;
    shm.source.text = shm.target.text = "/dev/shm";
    mounts_.push_back(std::move(shm));
  }

  struct Shown {
    std::string path, source;
  };

  const Layer& layer_;
  const View& outside_;
  std::vector<Entry> entries_;
  std::vector<Shown> shown_;
  std::vector<Mount> mounts_;
  std::vector<Mount> seals_;
  std::vector<StartProblem> problems_;
  std::optional<Word> unknown_;
};

}  // namespace

SystemdMounts MountsOfService(const Layer& layer, const View& outside) {
  return Planner(layer, outside).Run();
}

}  // namespace sandlint
