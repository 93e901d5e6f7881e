#include "scanner/grant/bwrap_setup.h"

#include <fmt/format.h>

#include <array>

namespace sandlint {

BwrapSetup::BwrapSetup(const Layer& layer, const View& outside, std::string working_directory)
    : tree(outside),
      layer_(layer),
      outside_(outside),
      working_directory_(std::move(working_directory)),
      setup_(outside.Caller()) {
  setup_.read_own = true;
  setup_.write_own = true;
  base_ = tree.Make(MountNode::Kind::Tmpfs, {});
  tree.root =
      tree.Make(MountNode::Kind::Tmpfs, {EvidenceOf(layer.program, "nothing else shows it")});
  tree.Attach(tree.root, {base_, "newroot"});
  MountNode* old = tree.Make(MountNode::Kind::Bind, {});
  old->sources = {"/"};
  tree.Attach(old, {base_, "oldroot"});
}

void BwrapSetup::Run() {
  // Sources are resolved outside before anything is mounted.
  std::vector<std::optional<std::string>> sources;
  std::vector<std::vector<std::string>> overlays(layer_.mounts.size());
  for (std::size_t index = 0; index < layer_.mounts.size(); ++index) {
    const Mount& mount = layer_.mounts[index];
    const bool bind = mount.kind == MountKind::Bind;
    const bool upper = mount.kind == MountKind::Overlay && mount.source;
    sources.push_back(bind || upper ? Source(mount, mount.source) : std::nullopt);
    for (const Word& lower : mount.overlay_sources) {
      if (const auto path = Source(mount, lower)) overlays[index].push_back(*path);
    }
  }
  for (std::size_t index = 0; index < layer_.mounts.size(); ++index) {
    Apply(layer_.mounts[index], sources[index], overlays[index]);
  }
}

void BwrapSetup::Fatal(const Word& word, std::string text) {
  problems.push_back(
      {word, std::move(text), outside_.Host().Symbolic() ? Answer::Unknown : Answer::Yes});
}

Because BwrapSetup::BecauseOf(const Mount& mount) const {
  Evidence evidence = EvidenceOf(mount.option);
  if (mount.source) evidence.text += ' ' + mount.source.text;
  evidence.text += ' ' + mount.target.text;
  return {std::move(evidence)};
}

std::optional<std::string> BwrapSetup::Source(const Mount& mount, const Word& word) {
  if (!word.Known()) {
    // Anything could be meant: nothing is hidden for sure any more.
    doubts.push_back(EvidenceOf(word, "its value is not known here"));
    return std::nullopt;
  }
  const std::string& text = word.text;
  const bool relative = !text.starts_with('/');
  bool denied = false;
  std::optional<std::string> real;
  if (!text.empty()) {
    real = outside_.Realpath(relative ? working_directory_ + '/' + text : text, &setup_, &denied);
  }
  if (real && outside_.Host().Symbolic() && relative && mount.optional) {
    // Whether ./name exists is not known: it may be looked up from the root of the host.
    doubts.push_back(EvidenceOf(word, "a missing relative source is looked up again from /"));
  }
  if (real) return real;
  if (denied) {
    Fatal(word, fmt::format("the source {} may not be reached", text));
    return std::nullopt;
  }
  if (mount.optional && relative) {
    // Observed with 0.8.0: a missing relative (or empty) source of a -try option is looked up again
    // from the root of the host.
    if (const auto again = outside_.Realpath('/' + text, &setup_, &denied)) return again;
  }
  if (!mount.optional) Fatal(word, fmt::format("there is no source {}", text));
  return std::nullopt;
}

std::optional<Place> BwrapSetup::Target(const Mount& mount, Make make) {
  if (!mount.target.Known()) {
    doubts.push_back(EvidenceOf(mount.target, "its value is not known here"));
    return std::nullopt;
  }
  Step step = Walk(mount.target.text, make);
  if (!step.place) {
    Fatal(mount.target,
          fmt::format("{} cannot be mounted at {}: {}", mount.option.text, mount.target.text,
                      step.error.empty() ? "there is no such path" : step.error));
    return std::nullopt;
  }
  const auto object = tree.Lstat(*step.place);
  if (object && object->certain && make != Make::Nothing) {
    const bool directory = object->kind == NodeKind::Directory;
    if (directory != (make == Make::Directory)) {
      Fatal(mount.target,
            fmt::format("{} is {}", mount.target.text,
                        directory ? "a directory: a file cannot be mounted over it"
                                  : "no directory: a directory cannot be mounted over it"));
      return std::nullopt;
    }
  }
  const bool trailing = mount.target.text.size() > 1 && mount.target.text.ends_with('/');
  if (make == Make::File && trailing) {
    Fatal(mount.target, "a slash at the end of the path of a file");
  }
  return step.place;
}

void BwrapSetup::Apply(const Mount& mount, const std::optional<std::string>& source,
                       const std::vector<std::string>& overlays) {
  switch (mount.kind) {
    case MountKind::Bind:
      if (source) Bind(mount, *source);
      return;
    case MountKind::Overlay:
      Overlay(mount, source, overlays);
      return;
    case MountKind::Tmpfs:
    case MountKind::Mqueue:
      Tmpfs(mount);
      return;
    case MountKind::Proc:
      Proc(mount);
      return;
    case MountKind::Devices:
      Devices(mount);
      return;
    case MountKind::Directory:
      Directory(mount);
      return;
    case MountKind::File:
      File(mount);
      return;
    case MountKind::Data:
      Data(mount);
      return;
    case MountKind::Symlink:
      Symlink(mount);
      return;
    case MountKind::RemountReadOnly:
      Remount(mount);
      return;
    case MountKind::Chmod:
      Chmod(mount);
      return;
    case MountKind::Volume:
      return;  // no such thing in bwrap
  }
}

void BwrapSetup::Bind(const Mount& mount, const std::string& source) {
  const auto object = outside_.Lstat(source);
  const bool directory = !object || object->kind == NodeKind::Directory;
  const auto place = Target(mount, directory ? Make::Directory : Make::File);
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

void BwrapSetup::File(const Mount& mount) { Target(mount, Make::File); }

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
    if (!outside_.Host().Symbolic()) {
      Fatal(mount.target, fmt::format("{} is no mount point of the sandbox", mount.target.text));
    } else {
      Fatal(mount.target,
            fmt::format("{} has to be a mount point of the sandbox", mount.target.text));
    }
    return;
  }
  place->node->read_only = true;
  place->node->no_devices = true;
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
