#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/shortfall.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "resolver-not-visible",
    .title = "A sandbox lets its server out and hides where it asks for names",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "Without /etc/resolv.conf a program asks a name server on this machine's loopback, where "
        "usually none listens: every request fails although the network is open.",
    .fix = "Show /etc/resolv.conf read-only, and what it links to.",
};

Findings Check(const Server& server, const Workspace&) {
  const NetworkNeed need = server.need.network;
  if (need != NetworkNeed::Allowlist && need != NetworkNeed::Any) return {};
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* sandbox = InnermostSandbox(launch);
    if (sandbox == nullptr || sandbox->kind == LayerKind::Container) return {};
    // An own namespace has a resolver of its own, a proxy asks for names itself.
    if (launch.grant.egress.mode != NetworkMode::Host || sandbox->tool == "sandbox-exec") return {};
    const PathAnswer answer = launch.grant.paths->Inside("/etc/resolv.conf");
    if (answer.Has(Right::Read) != Answer::No) return {};
    Finding finding = MakeFinding(kInfo, server, sandbox->program.span,
                                  fmt::format("'{}' needs hosts by name ({}) and its sandbox shows "
                                              "no /etc/resolv.conf",
                                              server.Name(), server.need.origin));
    finding.fix = fmt::format("Add {}.", GrantOf(*sandbox, answer, "/etc/resolv.conf", false));
    AddRelated(finding, answer.because, "what decides");
    return {finding};
  });
}

}  // namespace

const Rule kResolverNotVisible{kInfo, Check, nullptr};

}  // namespace sandlint
