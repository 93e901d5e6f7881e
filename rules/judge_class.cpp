// Items 8 and 9: what the guide asks of servers that drive a browser or run commands.

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "rules/checklist.h"
#include "rules/facts.h"
#include "rules/own_user.h"

namespace sandlint {
namespace {

Judgement Pass(std::string reason) { return {Verdict::Pass, std::move(reason)}; }
Judgement NotProven(std::string reason) { return {Verdict::NotProven, std::move(reason)}; }
Judgement NotApplicable(std::string reason) { return {Verdict::NotApplicable, std::move(reason)}; }

}  // namespace

Judgement ClassIsOpen(const Server& server) {
  return {
      Verdict::NeedsPerson,
      fmt::format("what this server does is not known: write `[server.{}]` with `class = \"…\"` "
                  "into .sandlint.toml, or record a run (`sandlint observe --help`)",
                  Quote(server.Name()))};
}

Judgement JudgeBrowser(const Server& server, const Workspace& workspace) {
  const ServerClass kind = server.need.server_class;
  if (kind == ServerClass::Unknown) return ClassIsOpen(server);
  if (kind != ServerClass::Browser) return NotApplicable(fmt::format("a {} server", NameOf(kind)));
  for (const Launch& launch : server.launches) {
    const Answer own = HasOwnUser(launch, workspace);
    const Layer* layer = SandboxOf(launch);
    if (own == Answer::Unknown && layer != nullptr && layer->container && !layer->user) {
      return {Verdict::NeedsPerson, fmt::format("its image decides which user it runs as: `{} "
                                                "image inspect -f '{{{{.Config.User}}}}' "
                                                "{}` has to name one that no person has",
                                                layer->tool, Quote(layer->container->image.text))};
    }
    if (own != Answer::Yes) return NotProven("which user it runs as is not known");
  }
  if (std::string doubt = DoubtAbout(server, Facet::Identity); !doubt.empty()) {
    return NotProven(doubt);
  }
  return Pass("it runs as a user of its own");
}

Judgement JudgeShell(const Server& server, const Workspace&) {
  const ServerClass kind = server.need.server_class;
  if (kind == ServerClass::Unknown) return ClassIsOpen(server);
  if (kind != ServerClass::Shell) return NotApplicable(fmt::format("a {} server", NameOf(kind)));
  for (const Launch& launch : server.launches) {
    const bool contained =
        std::any_of(launch.layers.begin(), launch.layers.end(),
                    [](const Layer& layer) { return layer.kind == LayerKind::Container; });
    if (!contained || IsolationOf(launch) != Isolation::Cut) {
      return NotProven("no container is known to be around it");
    }
  }
  return Pass("it runs in a container");
}

}  // namespace sandlint
