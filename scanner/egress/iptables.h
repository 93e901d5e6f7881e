#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/egress/program.h"
#include "scanner/egress/set_fillers.h"
#include "scanner/egress/subject.h"
#include "scanner/parse/iptables.h"

namespace sandlint {

struct IptablesInput {
  Family family = Family::V4;
  const IptablesFile* file = nullptr;
  bool keeps = false;  ///< loaded with --noflush: `*table` does not empty the table
};

/// What is in force together, in the order in which it is loaded. A family without a file is open.
struct IptablesRuleset {
  std::vector<IptablesInput> files;
  std::vector<const IpsetFile*> sets;
  const SetFillers* fillers = nullptr;  ///< scripts that add to the sets of the files
};

enum class IptablesRemarkKind : std::uint8_t {
  FamilyOpen,     ///< rules for one family only
  Refused,        ///< a line that iptables-restore stops at
  NotCommitted,   ///< no COMMIT: the table is not loaded
  SetUnknown,     ///< a set that no file fills
  UserUnknown,    ///< a user that does not exist
  ChainUnknown,   ///< neither a chain nor a target that is known
  NotUnderstood,  ///< a match that is not known
};
struct IptablesRemark {
  IptablesRemarkKind kind = IptablesRemarkKind::Refused;
  Span where;
  std::string text;
};

struct IptablesProgram {
  Program program;
  std::vector<IptablesRemark> remarks;
};

/// What packets of `subject` meet on their way out: OUTPUT of raw, mangle, nat, filter and
/// security, then POSTROUTING of mangle and nat.
IptablesProgram CompileIptables(const IptablesRuleset& ruleset, const EgressSubject& subject,
                                const EgressNames& names);

/// IPv6 by the name of a file (`rules.v6`, `ip6tables.rules`, `user6.rules`), else IPv4.
Family IptablesFamilyOfPath(std::string_view path);

}  // namespace sandlint
