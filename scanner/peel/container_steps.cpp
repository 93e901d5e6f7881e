#include "scanner/peel/container_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "model/image.h"
#include "scanner/peel/container_finish.h"
#include "scanner/peel/image_index.h"
#include "scanner/peel/options.h"
#include "scanner/peel/podman_config.h"

namespace sandlint {
namespace {

/// podman lays these tmpfs where it expects systemd inside.
void FinishSystemd(ContainerDraft& draft) {
  if (!draft.systemd || draft.systemd->value.text != "always") return;
  for (const char* target : {"/run", "/run/lock", "/tmp", "/var/log/journal"}) {
    Mount mount;
    mount.kind = MountKind::Tmpfs;
    mount.option = draft.systemd->Deciding();
    mount.target.text = target;
    draft.layer.mounts.push_back(std::move(mount));
  }
}

/// A folder or file of the host that an option shows without the words of a mount.
void AddHostMount(ContainerDraft& draft, const Word& option, std::string source,
                  std::string target) {
  std::vector<Mount>& mounts = draft.layer.mounts;
  const auto same = [&](const Mount& mount) { return mount.target.text == target; };
  if (std::ranges::any_of(mounts, same)) return;  // what is asked for by name comes instead
  Mount mount;
  mount.option = option;
  mount.source = MadeUp(std::move(source), option);
  mount.target = MadeUp(std::move(target), option);
  mount.optional = true;
  mounts.push_back(std::move(mount));
}

/// --ipc=host: the host's /dev/shm (observed with podman 4.3.1). --use-api-socket: docker's socket,
/// and the credentials of the client's configuration (docker run(1)).
void FinishHostMounts(ContainerDraft& draft) {
  const ContainerRun& run = draft.Run();
  if (run.ipc_host) AddHostMount(draft, *run.ipc_host, "/dev/shm", "/dev/shm");
  if (!run.api_socket) return;
  AddHostMount(draft, *run.api_socket, "/var/run/docker.sock", "/var/run/docker.sock");
  if (draft.context.host == nullptr) return;
  AddHostMount(draft, *run.api_socket, draft.context.host->Caller().home + "/.docker/config.json",
               "/run/secrets/docker/config.json");
}

/// Observed with podman 4.3.1.
void CheckUserNamespace(ContainerDraft& draft) {
  const HostFacts* host = draft.context.host;
  const auto& mode = draft.Run().userns;
  const bool root = host != nullptr && !host->Symbolic() && host->Caller().uid == 0;
  if (!draft.Podman() || !mode || !root || draft.context.user) return;
  if (mode->text.starts_with("keep-id") || mode->text == "nomap") {
    draft.Problem(*mode, "podman of root knows no such user namespace and stops");
  }
}

}  // namespace

FlagScan ScanOptions(const ContainerDraft& draft, Argv argv, std::size_t begin,
                     OptionTables tables) {
  const FindOption find = [&](std::string_view name, char letter) {
    const OptionRow* other = nullptr;
    for (const auto table : tables) {
      const OptionRow* row = FindRow(table, draft.engine, name, letter);
      if (row != nullptr && HasEngine(row->engines, draft.engine)) return row;
      if (other == nullptr) other = row;
    }
    return other;
  };
  return ScanFlags(argv, begin, find);
}

std::optional<std::size_t> ApplyOptions(ContainerDraft& draft, FlagScan scan) {
  for (const FlagUse& use : scan.uses) Apply(draft, use);
  Layer& layer = draft.layer;
  std::move(scan.notes.begin(), scan.notes.end(), std::back_inserter(layer.notes));
  std::move(scan.problems.begin(), scan.problems.end(), std::back_inserter(layer.start_problems));
  if (scan.stopped) return std::nullopt;
  return scan.end;
}

std::optional<std::size_t> ReadOptions(ContainerDraft& draft, Argv argv, std::size_t begin,
                                       OptionTables tables) {
  return ApplyOptions(draft, ScanOptions(draft, argv, begin, tables));
}

void PutOption(ContainerDraft& draft, std::string_view option, const Word& key, Word value,
               bool on) {
  const OptionRow* row = FindRow(ContainerOptions(), draft.engine, option, 0);
  if (row == nullptr || !HasEngine(row->engines, draft.engine)) return;
  FlagUse use;
  use.row = row;
  use.option = key;
  use.option.text += ':';
  use.option.argv_index = value.argv_index;
  use.value = std::move(value);
  use.on = on;
  Apply(draft, use);
}

void ClaimWords(Layer& layer, Argv argv, std::size_t end) {
  layer.words.assign(argv.begin(), argv.begin() + static_cast<std::ptrdiff_t>(end));
}

std::vector<Word> WordsFrom(Argv argv, std::size_t begin) {
  return {argv.begin() + static_cast<std::ptrdiff_t>(std::min(begin, argv.size())), argv.end()};
}

void Blank(ContainerDraft& draft, const Word& word, std::string why) {
  draft.layer.root = RootKind::Unknown;
  draft.layer.network = {NetworkMode::Unknown, word, false};
  draft.AddNote(Support::Unknown, word, Facet::All, std::move(why));
}

Peeled Opaque(ContainerDraft& draft, Argv argv, const Word& word, std::string why) {
  Blank(draft, word, std::move(why));
  ClaimWords(draft.layer, argv, argv.size());
  return {std::move(draft.layer), {}};
}

void FinishIdentity(ContainerDraft& draft) {
  ContainerRun& run = draft.Run();
  Layer& layer = draft.layer;
  if (draft.interactive) run.interactive = draft.interactive->Deciding();
  if (draft.tty) run.tty = draft.tty->Deciding();
  if (!run.pid_host) layer.namespaces.pid = layer.program;
  if (!run.ipc_host) layer.namespaces.ipc = layer.program;
  if (!run.uts_host) layer.namespaces.uts = layer.program;
  if (!run.cgroup_host) layer.namespaces.cgroup = layer.program;
  const HostFacts* host = draft.context.host;
  const bool rootless = draft.Podman() && host != nullptr && host->Caller().uid != 0;
  if (run.userns && (run.userns->text != "host" || rootless)) {
    layer.namespaces.user = *run.userns;
  } else if (rootless) {
    layer.namespaces.user = layer.program;
  }
  run.read_only_tmpfs = draft.Podman() && run.read_only && draft.read_only_tmpfs;
}

void FinishRun(ContainerDraft& draft) {
  CheckUserNamespace(draft);
  CheckTerminal(draft);
  CheckConflicts(draft);
  FinishNetwork(draft);
  FinishEnvironment(draft);
  FinishSystemd(draft);
  FinishHostMounts(draft);
  NotePodmanConfig(draft);
  FinishIdentity(draft);
}

void TakeBuild(ContainerDraft& draft, std::shared_ptr<const ImageBuild> build) {
  if (build == nullptr) return;
  // Which number an account has does not matter where the user is a number.
  const Word* user = draft.layer.user ? &*draft.layer.user : build->user ? &*build->user : nullptr;
  const bool number = user != nullptr && user->Known() &&
                      user->text.find_first_not_of("0123456789:") == std::string::npos;
  for (const Note& note : build->notes) {
    if (note.facets != Facet::Identity || (user != nullptr && !number))
      draft.layer.notes.push_back(note);
  }
  draft.Run().build = std::move(build);
}

void ReadImage(ContainerDraft& draft, const Word& image) {
  ContainerRun& run = draft.Run();
  run.image = image;
  draft.layer.root = RootKind::Image;
  if (run.rootfs) return;
  draft.layer.package = ImageRef(image);
  TakeBuild(draft, FindBuild(image, draft.context));
  // podman also takes what names a transport: docker-archive:x.tar, dir:/x.
  const bool transport = draft.Podman() && image.text.find(':') != std::string::npos;
  if (image.Known() && !transport && !IsImageName(image.text)) {
    draft.Problem(
        image, fmt::format("`{}` is no reference to an image: {} stops", image.text, draft.Tool()));
  }
}

/// exec and start: a container that was made elsewhere.
Peeled PeelExisting(ContainerDraft& draft, Argv argv, std::size_t begin, bool runs_words,
                    OptionTables tables) {
  const Word& verb = argv[begin - 1];
  const auto operand = ReadOptions(draft, argv, begin, tables);
  Layer& layer = draft.layer;
  if (!operand || *operand >= argv.size()) {
    return Opaque(draft, argv, verb, "which container it means is not known");
  }
  const Word& container = argv[*operand];
  CheckTerminal(draft);
  FinishIdentity(draft);
  Blank(draft, container, "how this container was made is not known here");
  layer.joins = container;
  layer.environment.push_back({EnvKind::Reset, layer.program, {}, {}, {}});
  layer.environment.push_back({EnvKind::FromFile, layer.program, {}, container, {}});
  FinishAddedVariables(draft);
  std::vector<Word> rest;
  if (runs_words) rest = WordsFrom(argv, *operand + 1);
  ClaimWords(layer, argv, rest.empty() ? argv.size() : *operand + 1);
  return {std::move(layer), std::move(rest)};
}

}  // namespace sandlint
