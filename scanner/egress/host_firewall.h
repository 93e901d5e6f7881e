#pragma once

#include <memory>
#include <vector>

#include "model/grant.h"
#include "scanner/egress/firewall_files.h"

namespace sandlint {

/// Every firewall file of a tree or a machine, whatever its syntax.
class HostFirewalls {
 public:
  /// False where the text is no firewall file. Files that it names come from `reader`; `workspace`
  /// outlives this.
  bool Add(const Source& source, const FileReader& reader, Workspace& workspace);
  bool Empty() const { return nft_.empty() && others_.Empty(); }
  HostFirewall For(const EgressSubject& subject, const EgressNames& names) const;
  /// What makes a file useless as a whole, or a part of it dead: one evidence each.
  Because Refusals(const EgressNames& names) const;

 private:
  std::vector<Firewall> All(const EgressSubject& subject, const EgressNames& names) const;

  std::vector<NftRuleset> nft_;
  FirewallFiles others_;
  Because files_;
};

}  // namespace sandlint
