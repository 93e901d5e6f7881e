#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "sandbox-isolates-nothing",
    .title = "A sandbox shows the whole file system of the host",
    .checklist_item = 1,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "A layer that binds `/` with write access, or a container that is given the host's root, "
        "looks like a sandbox in a review and stops nothing: the server still reads every key and "
        "can change what runs next.",
    .fix =
        "Start from an empty view and bind what the server needs: `--ro-bind /usr /usr`, its own "
        "code, its project. For a container: no `-v /:…`, no `--privileged`.",
};

/// What a container gives away beside the files; all of it belongs into the one finding.
void AddContainerWords(const Layer& layer, Finding& finding) {
  if (!layer.container) return;
  const ContainerRun& run = *layer.container;
  const std::pair<const Boxed<Word>*, const char*> kWords[] = {
      {&run.privileged, "every capability and every device of the host"},
      {&run.pid_host, "the processes of the host"},
      {&run.ipc_host, "the shared memory of the host"},
  };
  for (const auto& [word, effect] : kWords) {
    if (*word) finding.related.push_back({FirstLine((*word)->span), effect});
  }
  if (layer.network.mode == NetworkMode::Host) {
    finding.related.push_back({FirstLine(layer.network.word.span), "the network of the host"});
  }
}

Findings Check(const Server& server, const Workspace&) {
  const Launch* launch = FirstLaunch(server, Isolation::Void);
  if (launch == nullptr) return {};
  const Layer& layer = *SandboxOf(*launch);
  const Because because = launch->grant.paths->OfRoot().because;
  const Consequences consequences = ConsequencesOf(server, *launch);
  std::string message =
      fmt::format("the {} of '{}' isolates nothing{}", layer.tool, server.Name(), WhenOf(*launch));
  if (!because.empty()) message += fmt::format(": {} shows all of /", WordsOf(because));
  if (!consequences.clauses.empty()) message += "; it " + JoinWords(consequences.clauses);
  Finding finding = MakeFinding(kInfo, server, PlaceOf(because, *launch), std::move(message));
  finding.items = consequences.items;
  AddRelated(finding, because, "decides what is visible");
  AddContainerWords(layer, finding);
  return {finding};
}

}  // namespace

const Rule kSandboxIsolatesNothing{kInfo, Check, nullptr};

}  // namespace sandlint
