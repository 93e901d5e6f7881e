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

/// The operand of --mount while its fields are read.
struct MountFields {
  Word type, source, target;
  Word volume_device, volume_type, volume_options;
  bool read_only = false;
  bool recursive = false;  ///< bind-recursive=readonly
  bool gives_owner = false;
};

enum class Field {
  Owner,
  Type,
  Source,
  Target,
  ReadOnly,
  Writable,
  Recursive,
  VolumeOption,
  Other
};

struct FieldRow {
  std::string_view key;
  Engines engines;
  Field field;
};

/// docker 28 (its client's checks) and podman 4.3 to 5.
constexpr std::array kFields = {
    FieldRow{"type", Engines::Both, Field::Type},
    FieldRow{"source", Engines::Both, Field::Source},
    FieldRow{"src", Engines::Both, Field::Source},
    FieldRow{"target", Engines::Both, Field::Target},
    FieldRow{"destination", Engines::Both, Field::Target},
    FieldRow{"dst", Engines::Both, Field::Target},
    FieldRow{"readonly", Engines::Both, Field::ReadOnly},
    FieldRow{"ro", Engines::Both, Field::ReadOnly},
    FieldRow{"rw", Engines::Podman, Field::Writable},
    FieldRow{"readwrite", Engines::Podman, Field::Writable},
    FieldRow{"bind-recursive", Engines::Docker, Field::Recursive},
    FieldRow{"volume-opt", Engines::Both, Field::VolumeOption},
    FieldRow{"bind-nonrecursive", Engines::Both, Field::Other},
    FieldRow{"bind-propagation", Engines::Both, Field::Other},
    FieldRow{"bind-create-src", Engines::Docker, Field::Other},
    FieldRow{"consistency", Engines::Both, Field::Other},
    FieldRow{"volume-subpath", Engines::Docker, Field::Other},
    FieldRow{"volume-nocopy", Engines::Docker, Field::Other},
    FieldRow{"volume-label", Engines::Both, Field::Other},
    FieldRow{"volume-driver", Engines::Docker, Field::Other},
    FieldRow{"image-subpath", Engines::Docker, Field::Other},
    FieldRow{"tmpfs-size", Engines::Both, Field::Other},
    FieldRow{"tmpfs-mode", Engines::Both, Field::Other},
    FieldRow{"tmpcopyup", Engines::Podman, Field::Other},
    FieldRow{"notmpcopyup", Engines::Podman, Field::Other},
    FieldRow{"relabel", Engines::Podman, Field::Other},
    FieldRow{"U", Engines::Podman, Field::Owner},
    FieldRow{"chown", Engines::Podman, Field::Owner},
    FieldRow{"idmap", Engines::Podman, Field::Owner},
    FieldRow{"nosuid", Engines::Podman, Field::Other},
    FieldRow{"suid", Engines::Podman, Field::Other},
    FieldRow{"nodev", Engines::Podman, Field::Other},
    FieldRow{"dev", Engines::Podman, Field::Other},
    FieldRow{"noexec", Engines::Podman, Field::Other},
    FieldRow{"exec", Engines::Podman, Field::Other},
    FieldRow{"subpath", Engines::Podman, Field::Other},
    FieldRow{"size", Engines::Podman, Field::Other},
    FieldRow{"mode", Engines::Podman, Field::Other},
    FieldRow{"uid", Engines::Podman, Field::Other},
    FieldRow{"gid", Engines::Podman, Field::Other},
    FieldRow{"max", Engines::Podman, Field::Other},
    FieldRow{"private", Engines::Podman, Field::Other},
    FieldRow{"rprivate", Engines::Podman, Field::Other},
    FieldRow{"shared", Engines::Podman, Field::Other},
    FieldRow{"rshared", Engines::Podman, Field::Other},
    FieldRow{"slave", Engines::Podman, Field::Other},
    FieldRow{"rslave", Engines::Podman, Field::Other},
    FieldRow{"unbindable", Engines::Podman, Field::Other},
    FieldRow{"runbindable", Engines::Podman, Field::Other},
};

struct TypeRow {
  std::string_view type;
  Engines engines;
  MountKind kind;
};
constexpr std::array kTypes = {
    TypeRow{"bind", Engines::Both, MountKind::Bind},
    TypeRow{"volume", Engines::Both, MountKind::Volume},
    TypeRow{"tmpfs", Engines::Both, MountKind::Tmpfs},
    TypeRow{"image", Engines::Both, MountKind::Volume},
    TypeRow{"npipe", Engines::Docker, MountKind::Volume},
    TypeRow{"cluster", Engines::Docker, MountKind::Volume},
    TypeRow{"ramfs", Engines::Podman, MountKind::Tmpfs},
    TypeRow{"devpts", Engines::Podman, MountKind::Tmpfs},
    TypeRow{"artifact", Engines::Podman, MountKind::Volume},
    TypeRow{"glob", Engines::Podman, MountKind::Bind},
};

void ReadVolumeOption(const Word& option, MountFields& fields) {
  const std::optional<KeyValue> pair = SplitAssignment(option);
  if (!pair) return;
  if (pair->key.text == "device") fields.volume_device = pair->value;
  if (pair->key.text == "type") fields.volume_type = pair->value;
  if (pair->key.text == "o") fields.volume_options = pair->value;
}

const FieldRow* RowOf(Engine engine, const std::string& key) {
  std::string lower = key;
  if (engine == Engine::Docker) {
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  for (const FieldRow& row : kFields) {
    if (row.key == lower && HasEngine(row.engines, engine)) return &row;
  }
  return nullptr;
}

void ReadField(ContainerDraft& draft, const FlagUse& use, const Word& field, MountFields& fields) {
  const std::optional<KeyValue> pair = SplitAssignment(field);
  const Word& key = pair ? pair->key : field;
  const Word value = pair ? pair->value : Word{};
  if (!key.Known()) {
    draft.AddNote(Support::Unknown, use.Deciding(), Facet::Paths,
                  "what it mounts is not known here");
    return;
  }
  const FieldRow* row = RowOf(draft.engine, key.text);
  if (row == nullptr) {
    draft.Problem(use.Deciding(),
                  fmt::format("--mount of {} has no field `{}`", draft.Tool(), key.text));
    return;
  }
  const std::optional<bool> flag = pair ? ParseBool(value.text) : true;
  if (!flag && (row->field == Field::ReadOnly || row->field == Field::Writable)) {
    draft.Problem(use.Deciding(), fmt::format("`{}` takes true or false", key.text));
  }
  const bool on = flag.value_or(false);
  switch (row->field) {
    case Field::Type:
      fields.type = value;
      break;
    case Field::Source:
      fields.source = value;
      break;
    case Field::Target:
      fields.target = value;
      break;
    case Field::ReadOnly:
      fields.read_only = on;
      break;
    case Field::Writable:
      fields.read_only = !on;
      break;
    case Field::Recursive:
      fields.recursive = value.text == "readonly";
      break;
    case Field::VolumeOption:
      ReadVolumeOption(value, fields);
      break;
    case Field::Owner:
      fields.gives_owner = fields.gives_owner || flag != std::optional(false);
      break;
    case Field::Other:
      break;
  }
}

MountKind KindOf(ContainerDraft& draft, const FlagUse& use, const Word& type) {
  if (!type) return MountKind::Volume;
  for (const TypeRow& row : kTypes) {
    if (row.type == type.text && HasEngine(row.engines, draft.engine)) return row.kind;
  }
  if (type.Known()) {
    draft.Problem(use.Deciding(),
                  fmt::format("{} does not mount the type `{}`", draft.Tool(), type.text));
  } else {
    draft.AddNote(Support::Unknown, use.Deciding(), Facet::Paths,
                  "what it mounts is not known here");
  }
  return MountKind::Bind;
}

/// A volume of the `local` driver that is a bind of a host directory in disguise.
bool IsBindVolume(const MountFields& fields) {
  const std::vector<Word> options = SplitAt(fields.volume_options, ',');
  return fields.volume_device && std::any_of(options.begin(), options.end(), [](const Word& word) {
           return word.text == "bind" || word.text == "rbind" || !word.Known();
         });
}

/// What the `local` driver mounts beside a bind: a disk of the host, an overlay of its folders.
void CheckDevice(ContainerDraft& draft, const FlagUse& use, const Mount& mount,
                 const MountFields& fields) {
  constexpr std::array<std::string_view, 6> kElsewhere = {"tmpfs", "nfs",  "nfs4",
                                                          "cifs",  "smb3", "sshfs"};
  const bool device = fields.volume_device || fields.volume_options;
  if (mount.kind != MountKind::Volume || !device) return;
  const std::string& type = fields.volume_type.text;
  if (std::find(kElsewhere.begin(), kElsewhere.end(), type) != kElsewhere.end()) return;
  draft.AddNote(Support::Unmodelled, use.Deciding(), Facet::Paths,
                "the device of this volume may hold files of the host");
}

/// The fields of a line of CSV: `a,"b,c"`.
std::vector<Word> SplitRecord(const Word& text) {
  std::vector<Word> fields;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t at = 0; at <= text.text.size(); ++at) {
    if (at < text.text.size() && text.text[at] == '"') quoted = !quoted;
    if (at < text.text.size() && (text.text[at] != ',' || quoted)) continue;
    const bool in_quotes = at >= begin + 2 && text.text[begin] == '"' && text.text[at - 1] == '"';
    fields.push_back(in_quotes ? Part(text, begin + 1, at - begin - 2)
                               : Part(text, begin, at - begin));
    begin = at + 1;
  }
  return fields;
}

void CheckPaths(ContainerDraft& draft, const FlagUse& use, const Mount& mount) {
  if (!mount.target) {
    draft.Problem(use.Deciding(), "--mount wants a target=");
  } else if (mount.target.Known() && !mount.target.text.starts_with('/')) {
    draft.Problem(use.Deciding(), "the target of --mount must be absolute");
  }
  if (mount.kind != MountKind::Bind || !mount.source.Known()) return;
  const std::string& source = mount.source.text;
  if (source.empty()) {
    draft.Problem(use.Deciding(), "a bind wants a source=");
  } else if (!draft.Podman() && source != "." && !source.starts_with('/') &&
             !source.starts_with("./") && !(source.size() > 2 && source[1] == ':')) {
    draft.Problem(use.Deciding(), "docker wants an absolute source=, or one that starts with ./");
  }
}

}  // namespace

void ApplyMount(ContainerDraft& draft, const FlagUse& use) {
  MountFields fields;
  for (const Word& field : SplitRecord(use.value)) ReadField(draft, use, field, fields);
  Mount mount;
  mount.option = use.Name();
  mount.kind = KindOf(draft, use, fields.type);
  mount.source = mount.kind == MountKind::Tmpfs ? Word{} : fields.source;
  mount.target = fields.target;
  mount.read_only = fields.read_only;
  mount.recursive_read_only = fields.recursive;
  mount.gives_owner = fields.gives_owner;
  if (mount.kind == MountKind::Volume && IsBindVolume(fields)) {
    mount.kind = MountKind::Bind;
    mount.source = fields.volume_device;
    // podman gives the folder to the user inside, docker to the image's owner of the target.
    mount.gives_owner = true;
  }
  CheckDevice(draft, use, mount, fields);
  CheckPaths(draft, use, mount);
  if (fields.type.text == "glob") {
    draft.AddNote(Support::Unmodelled, use.Deciding(), Facet::Paths,
                  "which paths its pattern finds is not known here");
  }
  draft.layer.mounts.push_back(std::move(mount));
}

}  // namespace sandlint
