#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "metadata-service-reachable",
    .title = "A container can reach the metadata service of the cloud",
    .checklist_item = 4,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "On a cloud machine 169.254.169.254 hands out the credentials of the machine to "
        "whoever asks. A bridge network does not keep a container from it.",
    .fix =
        "Cut the network (`--network=none`), or let it out only through a proxy that "
        "refuses link-local addresses.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Egress& egress = launch.grant.egress;
    // An open host network is told once, by egress-not-denied-by-default or host-network.
    if (egress.mode != NetworkMode::Private) return {};
    // A network that leads to every host is told as a whole, unless the server needs every host.
    const bool needs_any = server.need.network == NetworkNeed::Any;
    if (!needs_any && OpenNetwork(egress) == Answer::Yes) return {};
    if (egress.Ask({"tcp", "169.254.169.254", 80}).answer != Answer::Yes) return {};
    const Layer* layer = SandboxOf(launch);
    const Span place = !egress.because.empty() && egress.because[0].span ? egress.because[0].span
                       : layer != nullptr                                ? layer->program.span
                                                                         : Span{};
    Finding finding =
        MakeFinding(kInfo, server, place,
                    fmt::format("'{}' can reach 169.254.169.254:80 from its container network.",
                                server.Name()));
    finding.severity = Severity::Note;
    finding.confidence = Confidence::Medium;  // only where the machine has such a service
    return {finding};
  });
}

}  // namespace

const Rule kMetadataServiceReachable{kInfo, Check, nullptr};

}  // namespace sandlint
