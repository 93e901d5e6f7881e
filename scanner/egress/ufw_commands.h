#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/workspace.h"
#include "scanner/egress/ufw.h"
#include "scanner/parse/iptables.h"

namespace sandlint {

/// What the `ufw …` commands of a script leave for outgoing packets.
struct UfwCommands {
  IptablesFile v4, v6;  ///< lines for the chain of the user's rules, and the policy
  bool used = false;
  bool off = false;  ///< `ufw disable` came last
};

/// Takes in one command, its words without `ufw`. The word that keeps it from being understood;
/// nothing where it is, or where it says nothing of outgoing packets.
std::optional<Word> AddUfwCommand(const std::vector<Word>& words, const Span& span,
                                  UfwCommands& commands);

/// With the chains that ufw makes itself.
UfwRules AssembleUfw(const UfwCommands& commands, Workspace& workspace);

}  // namespace sandlint
