// The file system of a systemd service (systemd.exec(5), namespace.c of 252): what is said of paths
// counts by depth, not by line; of two words on one path the stricter wins; what lies below an
// inaccessible path is gone, whatever else names it.

#include <algorithm>
#include <string>
#include <vector>

#include "scanner/grant/socket_view.h"
#include "scanner/grant/user_credentials.h"
#include "scanner/grant/view_makers.h"
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
};

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

class SystemdMounts {
 public:
  SystemdMounts(const Layer& layer, const View& outside) : layer_(layer), outside_(outside) {}

  std::vector<Mount> Run() {
    Collect();
    std::ranges::stable_sort(entries_, PathLess);
    DropCovered();
    PutRoot();
    for (const Entry& entry : entries_) Put(entry);
    // Only when everything is mounted is anything made read-only.
    mounts_.insert(mounts_.end(), seals_.begin(), seals_.end());
    return std::move(mounts_);
  }

  std::vector<StartProblem> problems;
  std::optional<Word> unknown;  ///< a path that nobody can resolve here

 private:
  bool HasRoot() const { return layer_.root == RootKind::Empty; }

  void Collect() {
    for (const Mount& mount : layer_.mounts) {
      if (HasRoot() && &mount == &layer_.mounts.front()) continue;
      if (!mount.target.Known() || !mount.source.Known()) {
        unknown = mount.target.Known() ? mount.source : mount.target;
        continue;
      }
      Entry entry{CleanPath(mount.target.text), WhatOf(mount), mount};
      if (!HasRoot()) {
        if (const auto real = outside_.Realpath(entry.path, nullptr)) {
          entry.path = *real;
        } else if (!MakesPlace(entry.what) && !IsInNew(entry.path)) {
          if (!mount.optional) Missing(mount);
          continue;
        }
      }
      entries_.push_back(std::move(entry));
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
    problems.push_back({mount.target, "there is no such path, and no `-` before it", sure});
  }

  void DropCovered() {
    std::vector<Entry> kept;
    for (Entry& entry : entries_) {
      Entry* last = kept.empty() ? nullptr : &kept.back();
      if (last != nullptr && last->path == entry.path) {
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
};

bool Names(const std::vector<Word>& words, std::string_view name) {
  return std::ranges::any_of(words, [&](const Word& word) {
    return word.text == name || word.text == "ALL" || !word.Known();
  });
}

/// Does the program have a capability? Root has what its bounding set leaves.
bool Has(const Layer& layer, bool root, std::string_view name) {
  return Names(layer.cap_add, name) || (root && !Names(layer.cap_drop, name));
}

/// Who the program is, with what its capabilities add.
Credentials InsideOf(const Layer& layer, Credentials user) {
  const bool root = user.override_all;
  const bool write = Has(layer, root, "CAP_DAC_OVERRIDE");
  const bool read = write || Has(layer, root, "CAP_DAC_READ_SEARCH");
  user.override_all = read && !layer.namespaces.user;  // more than reading, never less
  user.read_own = read;
  user.write_own = write;
  return user;
}

/// Can it undo the mounts, or look at the root of another process?
bool Escapes(const Layer& layer, bool root) {
  return Has(layer, root, "CAP_SYS_ADMIN") || Has(layer, root, "CAP_SYS_PTRACE");
}

}  // namespace

ViewStep MakeSystemdStep(const Layer& layer, std::shared_ptr<const View> outside,
                         const ViewContext& context) {
  ViewStep step;
  step.outside_visible = !layer.namespaces.user && layer.root != RootKind::Empty;
  const auto user =
      layer.user ? CredentialsOfUser(layer, outside->Host()) : std::optional(outside->Caller());
  // The manager of the machine does not run in the view of whoever asks it to start something.
  const auto host =
      layer.user ? MakeHostView(outside->Host(), Credentials{0, 0, {}, true}) : outside;
  if (!user) {
    step.view = MakeUnknownView(outside, *layer.user, "the user is not known here");
    return step;
  }
  if (layer.mounts.empty() && !layer.namespaces.user) {
    step.view = layer.user ? MakeHostView(outside->Host(), InsideOf(layer, *user)) : outside;
    if (layer.no_unix_sockets) step.view = MakeSocketView(step.view, false, {});
    return step;
  }
  SystemdMounts mounts(layer, *host);
  Layer over = layer;
  over.mounts = mounts.Run();
  const bool root = user->override_all;
  const auto problems = std::move(mounts.problems);
  ViewStep built = MakeBwrapStep(over, host, context);
  built.own_proc = false;
  built.outside_visible = step.outside_visible;
  built.problems.insert(built.problems.end(), problems.begin(), problems.end());
  if (layer.user && !Escapes(layer, root)) {
    built.view = built.view->As(InsideOf(layer, *user));
    built.openings.clear();
    built.host_proc = false;
  }
  if (layer.no_unix_sockets) built.view = MakeSocketView(built.view, false, {});
  if (mounts.unknown) {
    built.view = MakeUnknownView(built.view, *mounts.unknown, "this path is not known here");
  }
  return built;
}

}  // namespace sandlint
