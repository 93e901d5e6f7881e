#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/workspace.h"
#include "scanner/egress/iptables.h"

namespace sandlint {

/// A file of /etc/ufw, or /etc/default/ufw.
struct UfwFile {
  const Source* source = nullptr;
  const IptablesFile* iptables = nullptr;  ///< its lines; nothing of use for the defaults
};

/// What ufw hands to iptables-restore: chains and policies that it makes itself, then its files.
struct UfwRules {
  IptablesRuleset ruleset;
  std::vector<std::string> assuming;
  std::vector<std::unique_ptr<IptablesFile>> made;
};
/// The texts that ufw makes itself are added to `workspace`.
UfwRules AssembleUfw(const std::vector<UfwFile>& files, Workspace& workspace);

/// Is ufw switched off by its ufw.conf? Its rules are then not loaded.
bool IsUfwOff(const std::vector<const Source*>& files);

/// A path of ufw's own files: `/etc/ufw/user.rules`, `/etc/default/ufw`.
bool IsUfwPath(std::string_view path);

}  // namespace sandlint
