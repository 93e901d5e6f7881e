#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/question.h"
#include "scanner/egress/firewall.h"
#include "scanner/egress/firewall_files.h"
#include "scanner/egress/set_fillers.h"
#include "scanner/egress/squid.h"

namespace sandlint {

/// The files of --firewall, read once for a question.
struct FirewallRules {
  std::shared_ptr<Workspace> workspace;  ///< the texts, includes too
  std::vector<NftRuleset> nft;
  FirewallFiles others;  ///< pf, iptables, ufw, systemd
  std::vector<std::shared_ptr<const SquidAccess>> squids;
  std::vector<std::string> not_evaluated;  ///< files of another syntax
  std::shared_ptr<SetFillers> fillers = std::make_shared<SetFillers>();
  EgressNames names;

  bool NoPackets() const { return nft.empty() && others.Empty() && not_evaluated.empty(); }
  bool None() const { return NoPackets() && squids.empty(); }
  /// The one that listens at this port; null where none is known.
  std::shared_ptr<const SquidAccess> SquidAt(std::uint32_t port) const;
};

/// `problem` is set when a file cannot be read.
FirewallRules ReadFirewalls(const Question& question, std::string& problem);

/// Who asks, when no launch is in play: the user of --user.
EgressSubject SubjectOf(const Question& question, const EgressNames& names);
/// Who opens the sockets of a launch.
EgressSubject SubjectOf(const Question& question, const Launch& launch, const HostFacts& host,
                        const EgressNames& names);

/// Takes away from a reply what the rules stop: every file has to let the flow out.
void AddFirewalls(const FirewallRules& rules, const EgressSubject& subject,
                  const Destination& destination, Reply& reply);

/// What proxies whose access lists were given let through, where the rules stop the direct way.
void AddSquids(const FirewallRules& rules, const EgressSubject& subject,
               const Destination& destination, Reply& reply);

}  // namespace sandlint
