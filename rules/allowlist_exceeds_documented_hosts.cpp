#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "rules/all.h"
#include "rules/documented.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "allowlist-exceeds-documented-hosts",
    .title = "An allowlist lets a server reach hosts that it is not documented to need",
    .checklist_item = 5,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "Every host that is allowed beyond the documented ones is a place where the data can go. "
        "The addresses of a CDN are those of all its customers: whoever rents a host there can be "
        "reached.",
    .fix =
        "Allow the published addresses of the documented hosts on their ports, and nothing else. "
        "For hosts behind a CDN only a proxy that looks at names can tell them apart.",
};

/// Blocks of addresses, told by the first of each reason.
void AddBlocks(const Server& server, const Launch& launch, Findings& findings) {
  const HostFirewall& firewall = launch.grant.egress.firewall;
  const AllowedBlock* first = nullptr;
  std::size_t others = 0;
  for (const AllowedBlock& block : firewall.allowlist.blocks) {
    if (block.documented != Answer::No) continue;
    if (first == nullptr) {
      first = &block;
    } else {
      ++others;
    }
  }
  if (first == nullptr) return;
  const std::string ports = first->ports == "any" ? "every port" : "port " + first->ports;
  std::string message = fmt::format("'{}' can reach {} ({}, {}): {}", server.Name(), first->prefix,
                                    first->protocols, ports, first->objection);
  if (others > 0) message += fmt::format("; {} more blocks are not documented either", others);
  Finding finding = MakeFinding(kInfo, server, first->line.span, std::move(message));
  finding.severity = first->shared ? Severity::Warning : kInfo.severity;
  finding.confidence = Confidence::Medium;  // by lists of a certain day
  AddRelated(finding, launch.grant.egress.because, "decides which network it has");
  findings.push_back(std::move(finding));
}

/// Hosts that a layer lets through by name.
void AddNames(const Server& server, const Launch& launch, Findings& findings) {
  if (!HasDocumentedHosts(server.need)) return;
  for (const NetworkFilter& filter : launch.grant.egress.filters) {
    for (const NetworkRule& rule : filter.rules) {
      const bool counts =
          rule.verdict == Answer::Yes && rule.host != "loopback" && rule.host != "*";
      if (!counts || IsDocumentedHost(server.need, rule.host)) continue;
      Finding finding =
          MakeFinding(kInfo, server, rule.word.span,
                      fmt::format("'{}' can reach {}, which {} does not name", server.Name(),
                                  Quote(rule.host), server.need.origin));
      finding.confidence = Confidence::Medium;
      finding.detail = rule.host;
      findings.push_back(std::move(finding));
    }
  }
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    Findings findings;
    AddBlocks(server, launch, findings);
    AddNames(server, launch, findings);
    return findings;
  });
}

}  // namespace

const Rule kAllowlistExceedsDocumentedHosts{kInfo, Check, nullptr};

}  // namespace sandlint
