#include "scanner/peel/container.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/peel/compose.h"
#include "scanner/peel/container_draft.h"
#include "scanner/peel/container_finish.h"
#include "scanner/peel/container_options.h"
#include "scanner/peel/container_others.h"
#include "scanner/peel/container_steps.h"

namespace sandlint {
namespace {

struct ToolRow {
  std::string_view name;
  std::string_view canonical;
  Engine engine;
  bool compose = false;
  std::span<const OptionRow> (*globals)() = nullptr;  ///< beside those of the engine
  std::span<const OptionRow> (*options)() = nullptr;  ///< of run, looked at first
};
constexpr std::array kTools = {
    ToolRow{"docker", "docker", Engine::Docker},
    ToolRow{"docker.exe", "docker", Engine::Docker},
    ToolRow{"podman", "podman", Engine::Podman},
    ToolRow{"podman.exe", "podman", Engine::Podman},
    ToolRow{"podman-remote", "podman", Engine::Podman},
    ToolRow{"nerdctl", "nerdctl", Engine::Docker, false, NerdctlGlobals, NerdctlOptions},
    ToolRow{"container", "container", Engine::Docker, false, AppleGlobals, AppleOptions},
    ToolRow{"docker-compose", "docker", Engine::Docker, true},
    ToolRow{"podman-compose", "podman", Engine::Podman, true},
};

/// Apple's tool shares no option table with docker.
bool IsApple(const ToolRow& tool) { return tool.name == "container"; }

Peeled PeelRun(ContainerDraft& draft, Argv argv, std::size_t begin, const ToolRow& tool) {
  const bool starts = argv[begin - 1].text == "run";
  const auto own = tool.options != nullptr ? tool.options() : std::span<const OptionRow>();
  const auto docker = IsApple(tool) ? std::span<const OptionRow>() : ContainerOptions();
  const auto operand = ReadOptions(draft, argv, begin, {own, docker, PersistentOptions()});
  if (operand && *operand < argv.size()) ReadImage(draft, argv[*operand]);
  FinishRun(draft);
  if (!operand) return Opaque(draft, argv, argv[begin - 1], "where its options end is not known");
  if (*operand >= argv.size()) {
    draft.Problem(argv.back(), fmt::format("{} finds no image here and stops", draft.Tool()));
    return Opaque(draft, argv, argv.back(), "there is no image");
  }
  if (!starts) draft.Problem(argv[begin - 1], "create makes a container and does not start it");
  std::vector<Word> rest = CommandOf(draft, WordsFrom(argv, *operand + 1));
  ClaimWords(draft.layer, argv, rest.empty() ? argv.size() : *operand + 1);
  return {std::move(draft.layer), std::move(rest)};
}

Peeled PeelVerb(ContainerDraft& draft, Argv argv, std::size_t verb, const ToolRow& tool) {
  const std::string& text = argv[verb].text;
  if (text == "run" || text == "create") return PeelRun(draft, argv, verb + 1, tool);
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
  if (tool.compose) return PeelCompose(draft, argv, 1);
  if (tool.name == "podman-remote") {
    draft.AddNote(Support::Unmodelled, argv.front(), Facet::Paths | Facet::Egress | Facet::Identity,
                  "the machine behind the podman service is not known here");
  }
  const auto own = tool.globals != nullptr ? tool.globals() : std::span<const OptionRow>();
  auto verb = ReadOptions(draft, argv, 1, {own, EngineOptions(), PersistentOptions()});
  if (verb && *verb < argv.size() && argv[*verb].text == "container") ++*verb;
  if (!verb || *verb >= argv.size()) {
    draft.Problem(argv.back(), fmt::format("{} is given no command", draft.Tool()),
                  verb ? Answer::Yes : Answer::Unknown);
    return Opaque(draft, argv, argv.front(), "what it starts is not known");
  }
  return PeelVerb(draft, argv, *verb, tool);
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
  // Many a script has the name of Apple's tool.
  const std::string& program = argv.front().text;
  if (name == "container" && program != name && !program.ends_with("/bin/container")) {
    return std::nullopt;
  }
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
