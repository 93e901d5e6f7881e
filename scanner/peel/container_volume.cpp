#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/peel/container_apply.h"

namespace sandlint {
namespace {

/// What stands in the third field of -v.
struct VolumeMode {
  std::string_view name;  ///< a `=` at its end: a value follows
  Engines engines = Engines::Both;
};

constexpr std::array kModes = {
    VolumeMode{"rw"},
    VolumeMode{"ro"},
    VolumeMode{"z"},
    VolumeMode{"Z"},
    VolumeMode{"nocopy"},
    VolumeMode{"private"},
    VolumeMode{"rprivate"},
    VolumeMode{"shared"},
    VolumeMode{"rshared"},
    VolumeMode{"slave"},
    VolumeMode{"rslave"},
    VolumeMode{"consistent"},
    VolumeMode{"cached"},
    VolumeMode{"delegated"},
    VolumeMode{"U", Engines::Podman},
    VolumeMode{"O", Engines::Podman},
    VolumeMode{"bind", Engines::Podman},
    VolumeMode{"rbind", Engines::Podman},
    VolumeMode{"copy", Engines::Podman},
    VolumeMode{"exec", Engines::Podman},
    VolumeMode{"noexec", Engines::Podman},
    VolumeMode{"suid", Engines::Podman},
    VolumeMode{"nosuid", Engines::Podman},
    VolumeMode{"dev", Engines::Podman},
    VolumeMode{"nodev", Engines::Podman},
    VolumeMode{"idmap", Engines::Podman},
    VolumeMode{"idmap=", Engines::Podman},
    VolumeMode{"upperdir=", Engines::Podman},
    VolumeMode{"workdir=", Engines::Podman},
    VolumeMode{"unbindable", Engines::Podman},
    VolumeMode{"runbindable", Engines::Podman},
};

bool KnownMode(Engine engine, std::string_view mode) {
  return std::any_of(kModes.begin(), kModes.end(), [&](const VolumeMode& row) {
    if (!HasEngine(row.engines, engine)) return false;
    return row.name.ends_with('=') ? mode.starts_with(row.name) : mode == row.name;
  });
}

/// `C:\Users\me`, `C:/Users/me`: its colon does not separate.
bool IsDrive(const Word& letter, const Word& rest) {
  return letter.text.size() == 1 && std::isalpha(static_cast<unsigned char>(letter.text[0])) != 0 &&
         (rest.text.starts_with('\\') || rest.text.starts_with('/'));
}

std::vector<Word> Fields(const Word& spec) {
  std::vector<Word> fields = SplitAt(spec, ':');
  if (fields.size() >= 3 && IsDrive(fields[0], fields[1])) {
    fields[0] = Part(spec, 0, 2 + fields[1].text.size());
    fields.erase(fields.begin() + 1);
  }
  return fields;
}

bool IsVolumeName(std::string_view name) {
  return !name.empty() && std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

/// A path of the host, or a name of a volume: what starts with `/` or `.` is a path.
MountKind KindOf(ContainerDraft& draft, const Word& option, const Word& source) {
  const std::string& text = source.text;
  const bool drive = text.size() > 2 && text[1] == ':';
  if (source.StartsUnknown() || text.starts_with('/') || text.starts_with('.') || drive) {
    return MountKind::Bind;
  }
  if (source.Known() && !IsVolumeName(text)) {
    draft.Problem(option, text.starts_with('~')
                              ? fmt::format("`{}`: no shell expands `~` here, {} takes it for the "
                                            "name of a volume and stops",
                                            text, draft.Tool())
                              : fmt::format("`{}` is neither a path nor a valid name of a volume: "
                                            "write ./ before a relative path",
                                            text));
  }
  return MountKind::Volume;
}

void ReadMode(ContainerDraft& draft, const Word& option, const Word& mode, Mount& mount) {
  Word upper;
  bool overlay = false;
  if (mode.text.empty() && draft.Podman()) return;
  for (const Word& word : SplitAt(mode, ',')) {
    if (!word.Known()) continue;  // an unknown mode: writable until the opposite is known
    if (!KnownMode(draft.engine, word.text)) {
      draft.Problem(option, fmt::format("`{}` is no mode of a volume", word.text));
    }
    if (word.text == "ro") mount.read_only = true;
    if (word.text == "O") overlay = true;
    if (word.text.starts_with("upperdir=")) upper = Part(word, 9);
    if (word.text == "U" || word.text.starts_with("idmap")) {
      mount.gives_owner = true;
    }
  }
  if (!overlay || mount.kind != MountKind::Bind) return;
  mount.kind = MountKind::Overlay;
  mount.overlay_sources = {mount.source};
  mount.source = upper;
}

void CheckTarget(ContainerDraft& draft, const Word& option, const Word& target) {
  if (!target.Known() || target.text.starts_with('/')) return;
  draft.Problem(option, fmt::format("`{}` inside the container must be absolute", target.text));
}

}  // namespace

void ApplyVolume(ContainerDraft& draft, const FlagUse& use) {
  Mount mount;
  mount.option = use.Name();
  // Neither engine makes host mounts below a read-only one read-only, except docker from 25 on
  // where the kernel can (5.12).
  mount.recursive_read_only = false;
  const std::vector<Word> fields = Fields(use.value);
  const std::size_t count = fields.size();
  if (count == 1 && use.value.Known()) {
    mount.kind = MountKind::Volume;
    mount.target = fields[0];
  } else if (count == 1) {  // any of the forms: any source at any place
    mount.source = mount.target = fields[0];
    draft.AddNote(Support::Unknown, use.Deciding(), Facet::Paths,
                  "what it mounts, and where, is not known here");
  } else {
    mount.kind = KindOf(draft, use.Deciding(), fields[0]);
    mount.source = fields[0];
    mount.target = fields[1];
    if (count == 3) ReadMode(draft, use.Deciding(), fields[2], mount);
  }
  if (count > 3) draft.Problem(use.Deciding(), "a volume has at most three fields");
  CheckTarget(draft, use.Deciding(), mount.target);
  draft.layer.mounts.push_back(std::move(mount));
}

void ApplyTmpfs(ContainerDraft& draft, const FlagUse& use) {
  const std::vector<Word> fields = SplitAt(use.value, ':');
  Mount mount;
  mount.kind = MountKind::Tmpfs;
  mount.option = use.Name();
  mount.target = fields[0];
  if (fields.size() > 1) {
    for (const Word& word : SplitAt(fields[1], ',')) {
      if (word.text == "ro") mount.read_only = true;
      if (word.text == "rw") mount.read_only = false;
    }
  }
  CheckTarget(draft, use.Deciding(), mount.target);
  draft.layer.mounts.push_back(std::move(mount));
}

}  // namespace sandlint
