#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/workspace.h"
#include "scanner/egress/firewall.h"
#include "scanner/egress/firewall_script.h"
#include "scanner/egress/firewalld.h"
#include "scanner/egress/iptables.h"
#include "scanner/egress/pf.h"
#include "scanner/egress/ufw.h"
#include "scanner/files/reader.h"

namespace sandlint {

/// Rules of one machine that are not nftables, file by file. What belongs together is one firewall:
/// a pf.conf with its anchors; iptables of both families with their sets; what ufw loads.
class FirewallFiles {
 public:
  /// False where the text is none of these. Files that it names come from `reader`; `workspace`
  /// outlives this.
  bool Add(const Source& source, const FileReader& reader, Workspace& workspace);
  bool Empty() const { return files_.empty(); }
  /// Scripts of the tree that fill the sets of these files; outlives this.
  void FilledBy(const SetFillers& fillers) { fillers_ = &fillers; }
  std::vector<Firewall> For(const EgressSubject& subject, const EgressNames& names) const;

 private:
  enum class Kind : std::uint8_t { None, Pf, Iptables, Ipset, Ufw, Systemd, Script, Firewalld, Policy };
  struct File {
    Kind kind = Kind::None;
    const Source* source = nullptr;
    std::shared_ptr<PfFile> pf;
    std::shared_ptr<IptablesFile> iptables;
    std::shared_ptr<IpsetFile> ipset;
    std::shared_ptr<FirewallScript> script;
    std::shared_ptr<FirewalldDirect> firewalld;
  };
  static Kind KindOf(std::string_view path, std::string_view text);
  Firewall Iptables(const EgressSubject& subject, const EgressNames& names) const;
  Firewall Ufw(const EgressSubject& subject, const EgressNames& names) const;
  Firewall Direct(const File& file, const EgressSubject& subject, const EgressNames& names) const;
  void Script(const File& file, const EgressSubject& subject, const EgressNames& names,
              std::vector<Firewall>& all) const;
  std::vector<Firewall> Pf(const EgressSubject& subject, const EgressNames& names) const;
  bool Has(Kind kind) const;
  std::vector<const Source*> SourcesOf(Kind kind) const;

  std::vector<File> files_;
  const SetFillers* fillers_ = nullptr;
  Workspace* workspace_ = nullptr;  ///< of the last Add: holds every text
};

}  // namespace sandlint
