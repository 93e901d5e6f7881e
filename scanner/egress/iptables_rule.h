#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/egress/iptables.h"

namespace sandlint {

/// What an option of a rule is about; one case each in iptables_match.cpp or iptables_target.cpp.
enum class IptOption : std::uint8_t {
  Protocol,
  Source,
  Destination,
  InInterface,
  OutInterface,
  Fragment,
  DestinationPort,
  SourcePort,
  TcpFlags,
  Syn,
  IcmpType,
  DestinationPorts,
  SourcePorts,
  AnyPorts,
  Uid,
  Gid,
  SocketExists,
  Supplementary,
  CtState,
  OriginalDestination,
  OriginalPort,
  OriginalProtocol,
  DestinationRange,
  MatchSet,
  DestinationType,
  Mark,
  Irrelevant,  ///< changes nothing that counts
  Unsure,      ///< depends on more than the flow
  OfTarget,    ///< a parameter of the target
};

struct IptUse {
  IptOption option = IptOption::Unsure;
  Word name;
  std::string module;  ///< of the last -m
  bool negated = false;
  std::vector<Word> values;
  const std::string& Value() const;
};

struct IptRule {
  std::vector<IptUse> uses;
  Word target;  ///< empty: none
  bool is_goto = false;
  int only_family = 0;  ///< `-4` or `-6`
  std::vector<Word> unknown;
  Span span;

  const IptUse* Find(std::string_view name) const;
};

IptRule ReadIptRule(const IptablesLine& line);

/// One table of one family, as all lines leave it.
struct IptChain {
  Word policy;
  Span where;
  std::vector<const IptablesLine*> rules;
};
struct IptTable {
  std::map<std::string, IptChain, std::less<>> chains;
};
using IptTables = std::map<std::string, IptTable, std::less<>>;

/// Applies the lines of the files of one family in order.
IptTables ApplyIptables(const IptablesRuleset& ruleset, Family family,
                        std::vector<IptablesRemark>& remarks);

}  // namespace sandlint
