#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "model/workspace.h"
#include "scanner/egress/firewall.h"
#include "scanner/egress/ufw_commands.h"
#include "scanner/parse/iptables.h"

namespace sandlint {

/// The commands of a shell script that set up a firewall, in the order in which it gives them.
struct FirewallScript {
  IptablesFile v4, v6;
  IpsetFile sets;
  UfwCommands ufw;
  const Source* nft = nullptr;  ///< the script with all but the words for nft blanked out
  /// Commands of which it is not known whether or with what they run: no answer is certain.
  std::vector<FirewallProblem> gaps;

  bool Empty() const { return v4.lines.empty() && v6.lines.empty() && nft == nullptr && !ufw.used; }
};

/// By its name or its first line.
bool IsShellScript(std::string_view path, std::string_view text);
/// Nothing is executed: constant variables, functions and loops over words that are written out are
/// followed, everything else is a gap. Texts are added to `workspace`.
FirewallScript ReadFirewallScript(const Source& script, Workspace& workspace);

}  // namespace sandlint
