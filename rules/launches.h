#pragma once

#include <string>
#include <utility>

#include "rules/rule.h"

namespace sandlint {

/// A finding of `info` about `server`, at `where`; the rest is for the rule to fill.
inline Finding MakeFinding(const RuleInfo& info, const Server& server, Span where,
                           std::string message) {
  Finding finding;
  finding.rule = info.id;
  finding.severity = info.severity;
  finding.server = server.Name();
  finding.message = std::move(message);
  finding.where = where ? FirstLine(where) : FirstLine(server.decl.entry);
  return finding;
}

/// A finding of `info` about a line of a firewall file.
inline Finding MakeFinding(const RuleInfo& info, const FirewallRemark& remark,
                           std::string message) {
  Finding finding;
  finding.rule = info.id;
  finding.severity = info.severity;
  finding.message = std::move(message);
  finding.where = FirstLine(remark.line.span);
  finding.detail = remark.line.text;
  return finding;
}

/// The layer that runs a container, or null.
inline const Layer* ContainerLayer(const Launch& launch) {
  for (const Layer& layer : launch.layers) {
    if (layer.container) return &layer;
  }
  return nullptr;
}

/// The layer of `tool`, or null.
inline const Layer* LayerOf(const Launch& launch, std::string_view tool) {
  for (const Layer& layer : launch.layers) {
    if (layer.tool == tool) return &layer;
  }
  return nullptr;
}

/// What the first launch that `check` has something to say of gives: the same cause is not told
/// once a launch.
template <typename Check>
Findings FirstOfLaunches(const Server& server, Check check) {
  for (const Launch& launch : server.launches) {
    Findings findings = check(launch);
    if (!findings.empty()) return findings;
  }
  return {};
}

}  // namespace sandlint
