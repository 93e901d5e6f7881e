#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/grant.h"
#include "scanner/egress/firewall_files.h"
#include "scanner/egress/set_fillers.h"
#include "scanner/egress/squid.h"

namespace sandlint {

/// Where rules were found. Those of a tree hold a launch only where they name its user: nothing
/// else says that the file is for the machine that starts it.
enum class FirewallPlace : std::uint8_t { Tree, Machine };

/// pf is a firewall of macOS and the BSDs, all others are Linux's.
enum class EgressSystem : std::uint8_t { Unknown, Linux, Bsd };

/// Whose connections they are.
struct EgressAsker {
  std::vector<EgressSubject> subjects;  ///< one of these: which is not known where there are more
  /// A layer outside of every sandbox gave it a user of its own (not root).
  bool own_user = false;
  EgressSystem system = EgressSystem::Unknown;  ///< on which its layers run
};

/// Every firewall file of a tree and a machine, whatever its syntax.
class HostFirewalls {
 public:
  /// False where the text is no firewall file. Files that it names come from `reader`; `workspace`
  /// outlives this.
  bool Add(const Source& source, FirewallPlace place, const FileReader& reader,
           Workspace& workspace);
  bool Empty() const { return nft_.empty() && others_.empty(); }
  HostFirewall For(const EgressAsker& asker, const EgressNames& names) const;
  /// Every ruleset of a tree or the machine, for one user, in the order of the files.
  struct Placed {
    FirewallPlace place = FirewallPlace::Tree;
    Firewall firewall;
  };
  /// The access lists of the squid that listens at this port; null where none is known.
  std::shared_ptr<const FlowFilter> SquidAt(std::uint32_t port) const;
  std::vector<Placed> All(const EgressSubject& subject, const EgressNames& names,
                          bool with_tree = true) const;

 private:
  struct NftRules {
    FirewallPlace place = FirewallPlace::Tree;
    const Source* source = nullptr;
    NftRuleset ruleset;
  };
  bool IsIncluded(const NftRules& rules) const;

  std::vector<NftRules> nft_;
  std::shared_ptr<SetFillers> fillers_ = std::make_shared<SetFillers>();
  std::vector<std::shared_ptr<const SquidAccess>> squids_;
  mutable std::map<std::string, HostFirewall> known_;  ///< by asker; the names are always the same
  std::map<std::string, bool> included_;  ///< by path: another file of the tree includes it
  /// By directory, what lies together: rules.v4 with rules.v6 and their sets, a pf.conf with its
  /// anchors.
  std::map<std::pair<FirewallPlace, std::string>, FirewallFiles> others_;
};

}  // namespace sandlint
