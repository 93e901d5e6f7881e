#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/question.h"
#include "scanner/egress/firewall.h"
#include "scanner/egress/firewall_files.h"

namespace sandlint {

/// The files of --firewall, read once for a question.
struct FirewallRules {
  std::shared_ptr<Workspace> workspace;  ///< the texts, includes too
  std::vector<NftRuleset> nft;
  FirewallFiles others;                    ///< pf, iptables, ufw, systemd
  std::vector<std::string> not_evaluated;  ///< files of another syntax
  EgressNames names;

  bool None() const { return nft.empty() && others.Empty() && not_evaluated.empty(); }
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

}  // namespace sandlint
