#pragma once

#include "model/host.h"
#include "model/server.h"
#include "scanner/egress/host_firewall.h"

namespace sandlint {

/// The client's side of a launch: what its process has before the first layer.
struct ClientSide {
  const HostFacts* host = nullptr;
  /// The environment of the client where it is known (`can --batch` gives one, `audit` knows one);
  /// null: anything may be in it, and what is asked for is assumed to be there.
  const std::vector<Setting>* environment = nullptr;
  std::string working_directory;             ///< empty: the host's
  const HostFirewalls* firewalls = nullptr;  ///< null: no rules are known
  const EgressNames* accounts = nullptr;     ///< of the host; null: not known
};

/// Computes `launch.grant` from its layers, adds the start problems and notes that only an
/// evaluation can find, and sets `launch.starts`. `decl` gives the inherited environment and the
/// entry's own variables; null for a bare argv.
void EvaluateGrant(Launch& launch, const ServerDecl* decl, const ClientSide& client);

}  // namespace sandlint
