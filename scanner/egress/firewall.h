#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/grant.h"
#include "model/workspace.h"
#include "scanner/egress/evaluate.h"
#include "scanner/egress/nft_ruleset.h"
#include "scanner/egress/program.h"
#include "scanner/egress/subject.h"
#include "scanner/files/reader.h"

namespace sandlint {

enum class FirewallKind : std::uint8_t { Unknown, Nft, Other };

/// By name and content: a name alone proves nothing.
FirewallKind FirewallKindOf(std::string_view path, std::string_view text);

struct FirewallProblem {
  Span where;
  std::string text;
};

/// The rules of one machine for one user, ready to be asked.
struct Firewall {
  FirewallKind kind = FirewallKind::Unknown;
  Program program;
  /// Why nothing of the file is active: the tool refuses it as a whole. Empty: it is active.
  std::vector<FirewallProblem> refusals;
  /// What is missing of the rules (an include that is not there): no answer is certain.
  std::vector<FirewallProblem> gaps;
  std::vector<FirewallProblem>
      unclear;  ///< words that are not understood; rules with them are unsure
  std::vector<std::string> assuming;
  std::vector<FirewallRemark> remarks;       ///< for a reader, whoever asks
  std::vector<const Source*> sources;        ///< the files that it stands in, includes aside
  bool last_match = false;                   ///< pf: not the first rule that matches decides
  Confidence confidence = Confidence::High;  ///< the most that an answer can have

  bool Active() const { return refusals.empty(); }
};

FirewallRemark RemarkOf(FirewallRemarkKind kind, const Span& where, std::string text);

/// Reads one file; includes come from `reader` and are added to `workspace`.
NftRuleset ReadNftRules(const Source& source, const FileReader& reader, Workspace& workspace);
Firewall NftFirewall(const NftRuleset& ruleset, const EgressSubject& subject,
                     const EgressNames& names);

/// Every flow that a destination can mean: a name is any address, and which device leads there is
/// not known (loopback addresses excepted). Empty for a protocol that is not tcp, udp or icmp.
FlowSet FlowsTo(const Destination& destination);

/// Does a new flow to the destination leave? With the deciding line, or the words that leave it
/// open.
EgressAnswer AskFirewall(const Firewall& firewall, const Destination& destination);

/// What becomes of every flow: all of it leaves where the file is refused, nothing is certain where
/// a part of it is missing.
FlowVerdict VerdictOf(const Firewall& firewall);

/// All that a firewall lets out, for a report.
struct FirewallPicture {
  FlowVerdict verdict;
  std::vector<std::string> allowed, uncertain;  ///< lines of protocols, ports and prefixes
  std::string witness;    ///< one flow that leaves, as tcp://192.0.2.1:443; empty: none does
  Evidence witness_line;  ///< what lets it leave
  std::vector<Evidence> shadowed;  ///< rules that earlier ones leave nothing to
};
FirewallPicture PictureOf(const Firewall& firewall);

/// `table inet t, chain output: policy accept`: where a rule or policy stands, as evidence.
Evidence EvidenceOf(const Program& program, RuleId rule, const Span& verdict);

}  // namespace sandlint
