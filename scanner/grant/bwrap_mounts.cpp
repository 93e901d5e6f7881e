// What each operation of bwrap does to the tree of mounts (observed with bwrap 0.8.0).

#include <fmt/format.h>

#include <algorithm>

#include "scanner/grant/bwrap_setup.h"

namespace sandlint {

void BwrapSetup::Bind(const Mount& mount, const std::string& source) {
  const auto object = outside_.Lstat(source);
  const bool directory = !object || object->kind == NodeKind::Directory;
  const bool unseen = object && !object->certain && !outside_.Host().Symbolic();
  if (unseen) Perhaps(mount.source, fmt::format("what {} is cannot be seen", source));
  const auto place = Target(mount, unseen      ? Make::Unknown
                                   : directory ? Make::Directory
                                               : Make::File);
  if (!place) return;
  MountNode* node = tree.Make(MountNode::Kind::Bind, BecauseOf(mount));
  node->sources = {source};
  node->is_file = !directory;
  node->read_only = mount.read_only;
  node->no_devices = !mount.devices;
  tree.Attach(node, *place);
  if (directory) BindBelow(node, source);
}

/// The mounts of the host below a source ride along, each a mount of its own.
void BwrapSetup::BindBelow(MountNode* node, const std::string& source) {
  for (const std::string& below : outside_.MountsBelow(source)) {
    MountNode* ride = tree.Make(MountNode::Kind::Bind, node->because);
    ride->sources = {below};
    ride->read_only = node->read_only;
    ride->no_devices = node->no_devices;
    const auto object = outside_.Lstat(below);
    ride->is_file = object && object->kind != NodeKind::Directory;
    Place place{node, {}};
    std::string_view rest = RelativeTo(below, source);
    while (!rest.empty()) {
      const std::size_t slash = rest.find('/');
      const std::string_view part = rest.substr(0, slash);
      place.path += place.path.empty() ? "" : "/";
      place.path += part;
      place = tree.Top(place);
      rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    }
    tree.Attach(ride, place);
  }
}

void BwrapSetup::Tmpfs(const Mount& mount) {
  const auto place = Target(mount, Make::Directory);
  if (!place) return;
  if (mount.kind == MountKind::Mqueue && !layer_.namespaces.ipc && !setup_.override_all) {
    Fatal(mount.option, "--mqueue needs --unshare-ipc for an ordinary user");
  }
  MountNode* node = tree.Make(MountNode::Kind::Tmpfs, BecauseOf(mount));
  node->mode = mount.mode.value_or(0755);
  tree.Attach(node, *place);
}

void BwrapSetup::Proc(const Mount& mount) {
  const auto place = Target(mount, Make::Directory);
  if (!place) return;
  // Without a pid namespace of its own the procfs of the host is bound.
  const bool own = static_cast<bool>(layer_.namespaces.pid);
  MountNode* node =
      tree.Make(own ? MountNode::Kind::Proc : MountNode::Kind::Bind, BecauseOf(mount));
  if (!own) node->sources = {"/proc"};
  own_proc = own_proc || own;
  tree.Attach(node, *place);
}

void BwrapSetup::Directory(const Mount& mount) {
  if (!mount.target.Known()) return;  // an empty directory shows and hides nothing
  const Step before = Walk(mount.target.text, Make::Nothing, false);
  if (before.place) {
    const auto object = tree.Lstat(*before.place);
    if (object && object->certain && object->kind != NodeKind::Directory &&
        object->kind != NodeKind::Symlink) {
      Fatal(mount.target, fmt::format("{} is a file", mount.target.text));
    }
    return;
  }
  const Step made = Walk(mount.target.text, Make::Directory);
  if (!made.place) {
    Fatal(mount.target, fmt::format("{} cannot be made: {}", mount.target.text, made.error));
    return;
  }
  const auto entry = made.place->node->entries.find(made.place->path);
  if (entry != made.place->node->entries.end()) entry->second.mode = mount.mode.value_or(0755);
}

void BwrapSetup::Data(const Mount& mount) {
  const auto place = Target(mount, Make::File);
  if (!place) return;
  MountNode* node = tree.Make(MountNode::Kind::Data, BecauseOf(mount));
  node->is_file = true;
  node->mode = mount.mode.value_or(0600);
  node->read_only = mount.read_only;
  tree.Attach(node, *place);
}

void BwrapSetup::File(const Mount& mount) {
  const auto place = Target(mount, Make::File);
  const auto object = place ? tree.Lstat(*place) : std::nullopt;
  if (!object || !object->certain) return;
  if (place->node->read_only || !PermissionsOf(*object, setup_).Has(Right::Write)) {
    Fatal(mount.target, fmt::format("{} cannot be written", mount.target.text));
  }
}

void BwrapSetup::Symlink(const Mount& mount) {
  if (!mount.target.Known()) return;
  const std::string& text = mount.target.text;
  if (text.size() > 1 && text.ends_with('/')) {
    Fatal(mount.target, "a slash at the end of the path of a link");
    return;
  }
  if (mount.source.text.empty()) {
    Fatal(mount.source, "a link cannot be empty");
    return;
  }
  const Step existing = Walk(text, Make::Nothing, false);
  if (existing.place) {
    const auto object = tree.Lstat(*existing.place);
    if (object && !object->certain) return;
    const bool same =
        object && object->kind == NodeKind::Symlink && object->link == mount.source.text;
    // Newer versions (0.11) accept a link that is there already.
    const auto version = outside_.Host().ToolVersion("bwrap");
    if (same && !version) {
      problems.push_back({mount.target,
                          fmt::format("{} is there already: bwrap before 0.11 stops", text),
                          Answer::Unknown});
    } else if (!same || version->starts_with("0.8") || version->starts_with("0.7")) {
      Fatal(mount.target, fmt::format("{} is there already", text));
    }
    return;
  }
  if (!existing.error.empty()) {
    Fatal(mount.target, fmt::format("no link can be made at {}: {}", text, existing.error));
    return;
  }
  const Step made = Walk(text, Make::File, false);
  if (!made.place) {
    Fatal(mount.target, fmt::format("no link can be made at {}: {}", text, made.error));
    return;
  }
  Object& link = made.place->node->entries[made.place->path];
  link.kind = NodeKind::Symlink;
  link.link = mount.source.text;
  link.mode = 0777;
}

void BwrapSetup::Remount(const Mount& mount) {
  const auto place = Target(mount, Make::Nothing);
  if (!place) return;
  if (!place->path.empty()) {
    // A mount that is covered by now is still found by its path (observed).
    const std::string text =
        fmt::format("{} has to be a mount point of the sandbox", mount.target.text);
    const bool once = std::ranges::count_if(layer_.mounts, [&](const Mount& other) {
                        return CleanPath(other.target.text) == CleanPath(mount.target.text);
                      }) > 1;
    once ? Perhaps(mount.target, text) : Fatal(mount.target, text);
    return;
  }
  place->node->read_only = true;
  if (!mount.devices) place->node->no_devices = true;
}

void BwrapSetup::Chmod(const Mount& mount) {
  const auto place = Target(mount, Make::Nothing);
  if (!place) return;
  const auto object = tree.Lstat(*place);
  if (!object) return;
  if (place->node->read_only) {
    Fatal(mount.target, fmt::format("{} is read-only", mount.target.text));
    return;
  }
  const bool host = place->node->kind == MountNode::Kind::Bind && !object->host.empty();
  if (host && object->certain && object->uid != setup_.uid && !setup_.override_all) {
    Fatal(mount.target, fmt::format("{} belongs to another user", mount.target.text));
    return;
  }
  Object changed = *object;
  changed.mode = static_cast<std::uint32_t>(std::strtoul(mount.source.text.c_str(), nullptr, 8));
  if (place->path.empty() && !host) {
    place->node->mode = changed.mode;
  } else {
    place->node->entries[place->path] = std::move(changed);
  }
}

void BwrapSetup::Overlay(const Mount& mount, const std::optional<std::string>& upper,
                         const std::vector<std::string>& lowers) {
  const auto place = Target(mount, Make::Directory);
  if (!place) return;
  MountNode* node = tree.Make(MountNode::Kind::Bind, BecauseOf(mount));
  if (upper) node->sources.push_back(*upper);
  node->sources.insert(node->sources.end(), lowers.rbegin(), lowers.rend());
  node->read_only = mount.read_only;
  node->ephemeral_writes = !upper;
  tree.Attach(node, *place);
}

/// --dev: a tmpfs with a few nodes of the host and links, as bubblewrap.c makes it.
void BwrapSetup::Devices(const Mount& mount) {
  const auto place = Target(mount, Make::Directory);
  if (!place) return;
  MountNode* node = tree.Make(MountNode::Kind::Tmpfs, BecauseOf(mount));
  tree.Attach(node, *place);
  for (const std::string_view name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    const std::string source = JoinPath("/dev", name);
    MountNode* device = tree.Make(MountNode::Kind::Bind, node->because);
    device->sources = {source};
    device->is_file = true;
    device->no_devices = false;
    tree.Attach(device, {node, std::string(name)});
  }
  const auto link = [&](const char* name, const char* target) {
    Object object;
    object.kind = NodeKind::Symlink;
    object.link = target;
    object.mode = 0777;
    node->entries[name] = std::move(object);
  };
  link("fd", "/proc/self/fd");
  link("stdin", "/proc/self/fd/0");
  link("stdout", "/proc/self/fd/1");
  link("stderr", "/proc/self/fd/2");
  link("core", "/proc/kcore");
  link("ptmx", "pts/ptmx");
  Object folder;
  folder.kind = NodeKind::Directory;
  folder.mode = 0755;
  folder.uid = setup_.uid;
  folder.gid = setup_.gid;
  node->entries["shm"] = folder;
  MountNode* terminals = tree.Make(MountNode::Kind::Tmpfs, node->because);
  terminals->read_only = true;
  tree.Attach(terminals, {node, "pts"});
}

}  // namespace sandlint
