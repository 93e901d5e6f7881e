#include "scanner/peel/container.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/peel/container_draft.h"
#include "scanner/peel/container_finish.h"
#include "scanner/peel/container_options.h"

namespace sandlint {
namespace {

using Argv = std::span<const Word>;

struct ToolRow {
  std::string_view name;
  std::string_view canonical;
  Engine engine;
  bool compose = false;
};
constexpr std::array kTools = {
    ToolRow{"docker", "docker", Engine::Docker},
    ToolRow{"docker.exe", "docker", Engine::Docker},
    ToolRow{"podman", "podman", Engine::Podman},
    ToolRow{"podman.exe", "podman", Engine::Podman},
    ToolRow{"podman-remote", "podman", Engine::Podman},
    ToolRow{"nerdctl", "nerdctl", Engine::Docker},
    ToolRow{"docker-compose", "docker", Engine::Docker, true},
    ToolRow{"podman-compose", "podman", Engine::Podman, true},
};

/// Reads the options from `begin` on; the index of the first operand, or nothing where it cannot be
/// told.
std::optional<std::size_t> ReadOptions(ContainerDraft& draft, Argv argv, std::size_t begin,
                                       std::initializer_list<std::span<const OptionRow>> tables) {
  const FindOption find = [&](std::string_view name, char letter) {
    const OptionRow* other = nullptr;
    for (const auto table : tables) {
      const OptionRow* row = FindRow(table, draft.engine, name, letter);
      if (row != nullptr && HasEngine(row->engines, draft.engine)) return row;
      if (other == nullptr) other = row;
    }
    return other;
  };
  FlagScan scan = ScanFlags(argv, begin, find);
  for (const FlagUse& use : scan.uses) Apply(draft, use);
  Layer& layer = draft.layer;
  std::move(scan.notes.begin(), scan.notes.end(), std::back_inserter(layer.notes));
  std::move(scan.problems.begin(), scan.problems.end(), std::back_inserter(layer.start_problems));
  if (scan.stopped) return std::nullopt;
  return scan.end;
}

void ClaimWords(Layer& layer, Argv argv, std::size_t end) {
  layer.words.assign(argv.begin(), argv.begin() + static_cast<std::ptrdiff_t>(end));
}

std::vector<Word> WordsFrom(Argv argv, std::size_t begin) {
  return {argv.begin() + static_cast<std::ptrdiff_t>(std::min(begin, argv.size())), argv.end()};
}

/// Nothing is known of what the container has.
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

void ReadImage(ContainerDraft& draft, const Word& image) {
  ContainerRun& run = draft.Run();
  run.image = image;
  draft.layer.root = RootKind::Image;
  if (run.rootfs) return;
  draft.layer.package = ImageRef(image);
  // podman also takes what names a transport: docker-archive:x.tar, dir:/x.
  const bool transport = draft.Podman() && image.text.find(':') != std::string::npos;
  if (image.Known() && !transport && !IsImageName(image.text)) {
    draft.Problem(
        image, fmt::format("`{}` is no reference to an image: {} stops", image.text, draft.Tool()));
  }
}

Peeled PeelRun(ContainerDraft& draft, Argv argv, std::size_t begin, bool starts) {
  const auto operand = ReadOptions(draft, argv, begin, {ContainerOptions(), PersistentOptions()});
  CheckTerminal(draft);
  CheckConflicts(draft);
  FinishNetwork(draft);
  FinishEnvironment(draft);
  FinishSystemd(draft);
  FinishIdentity(draft);
  if (!operand) return Opaque(draft, argv, argv[begin - 1], "where its options end is not known");
  if (*operand >= argv.size()) {
    draft.Problem(argv.back(), fmt::format("{} finds no image here and stops", draft.Tool()));
    return Opaque(draft, argv, argv.back(), "there is no image");
  }
  if (!starts) draft.Problem(argv[begin - 1], "create makes a container and does not start it");
  ReadImage(draft, argv[*operand]);
  std::vector<Word> rest = CommandOf(draft, WordsFrom(argv, *operand + 1));
  ClaimWords(draft.layer, argv, rest.empty() ? argv.size() : *operand + 1);
  return {std::move(draft.layer), std::move(rest)};
}

/// exec and start: a container that was made elsewhere.
Peeled PeelExisting(ContainerDraft& draft, Argv argv, std::size_t begin, bool runs_words,
                    std::initializer_list<std::span<const OptionRow>> tables) {
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

Peeled PeelCompose(ContainerDraft& draft, Argv argv, std::size_t begin) {
  const auto verb = ReadOptions(draft, argv, begin, {ComposeGlobals()});
  if (!verb || *verb >= argv.size()) {
    return Opaque(draft, argv, argv[begin - 1], "what compose is to do is not known");
  }
  const std::string& text = argv[*verb].text;
  if (text == "exec" || text == "run") {
    return PeelExisting(draft, argv, *verb + 1, text == "exec", {ComposeOptions()});
  }
  return Opaque(draft, argv, argv[*verb], "the compose file is not read for it");
}

Peeled PeelVerb(ContainerDraft& draft, Argv argv, std::size_t verb) {
  const std::string& text = argv[verb].text;
  if (text == "run" || text == "create") return PeelRun(draft, argv, verb + 1, text == "run");
  if (text == "exec" || text == "start") {
    return PeelExisting(draft, argv, verb + 1, text == "exec", {OtherOptions()});
  }
  if (text == "compose") return PeelCompose(draft, argv, verb + 1);
  if (text == "mcp") {
    return Opaque(draft, argv, argv[verb],
                  "what each server behind the gateway is given stands in its catalogue");
  }
  return Opaque(draft, argv, argv[verb], "what this command starts is not known");
}

Peeled PeelTool(ContainerDraft& draft, Argv argv, const ToolRow& tool) {
  if (tool.name == "nerdctl") {
    return Opaque(draft, argv, argv.front(), "the options of nerdctl are not read");
  }
  if (tool.compose) return PeelCompose(draft, argv, 1);
  if (tool.name == "podman-remote") {
    draft.AddNote(Support::Unmodelled, argv.front(), Facet::Paths | Facet::Egress | Facet::Identity,
                  "the machine behind the podman service is not known here");
  }
  auto verb = ReadOptions(draft, argv, 1, {EngineOptions(), PersistentOptions()});
  if (verb && *verb < argv.size() && argv[*verb].text == "container") ++*verb;
  if (!verb || *verb >= argv.size()) {
    draft.Problem(argv.back(), fmt::format("{} is given no command", draft.Tool()),
                  verb ? Answer::Yes : Answer::Unknown);
    return Opaque(draft, argv, argv.front(), "what it starts is not known");
  }
  return PeelVerb(draft, argv, *verb);
}

/// The client's own setting of another engine.
void CheckEngineVariable(ContainerDraft& draft) {
  for (const char* name : {"DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST"}) {
    if ((*name == 'C') != draft.Podman()) continue;
    const auto found = draft.context.variables.find(name);
    if (found == draft.context.variables.end()) continue;
    const bool local = found->second.Known() && found->second.text.starts_with("unix://");
    draft.AddNote(Support::Unmodelled, found->second,
                  local ? Facet::Identity : Facet::Paths | Facet::Egress | Facet::Identity,
                  fmt::format("{} leads to an engine that is not known here", name));
  }
}

}  // namespace

std::optional<Peeled> PeelContainer(Argv argv, const PeelContext& context) {
  if (argv.empty()) return std::nullopt;
  const std::string_view name = BaseName(argv.front().text);
  const auto tool = std::find_if(kTools.begin(), kTools.end(),
                                 [&](const ToolRow& row) { return row.name == name; });
  if (tool == kTools.end()) return std::nullopt;
  ContainerDraft draft{.layer = {}, .context = context, .engine = tool->engine};
  draft.layer.kind = LayerKind::Container;
  draft.layer.tool = tool->canonical;
  draft.layer.program = argv.front();
  draft.layer.shares_host_pids = false;
  draft.layer.container.emplace().engine = tool->canonical;
  CheckEngineVariable(draft);
  return PeelTool(draft, argv, *tool);
}

}  // namespace sandlint
