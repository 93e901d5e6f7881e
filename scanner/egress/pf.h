#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/egress/program.h"
#include "scanner/egress/subject.h"
#include "scanner/parse/pf.h"

namespace sandlint {

/// A file that is loaded into an anchor: by `pfctl -a NAME -f FILE`, or by its place in
/// /etc/pf.anchors.
struct PfAnchorFile {
  std::string anchor;
  const PfFile* file = nullptr;
  Span where;  ///< the command that loads it, may be empty
};

/// What is in force together. Without a main file that of macOS is assumed, whose only anchors are
/// `com.apple/*`.
struct PfRuleset {
  const PfFile* main = nullptr;
  std::vector<PfAnchorFile> anchors;
};

/// What pf would do with flows that the subject opens: its own order (the last match wins, `quick`
/// ends, no match passes), as a program.
Program CompilePf(const PfRuleset& ruleset, const EgressSubject& subject, const EgressNames& names);

/// The anchor that a file is for by its path (`/etc/pf.anchors/mcp`: `mcp`); empty for a pf.conf.
std::string PfAnchorOfPath(std::string_view path);

/// Nothing here was compared with a running pf: what an answer relies on.
std::vector<std::string> PfAssumptions(const PfRuleset& ruleset);

enum class PfRemarkKind : std::uint8_t {
  Refused,              ///< an error: pfctl loads nothing of the file
  AnchorNotReferenced,  ///< its rules are never asked
  AnchorUnknown,        ///< referenced, filled by something that is not known
  TableNotDefined,
  TableEmpty,      ///< defined without addresses: filled at run time
  NoUser,          ///< an outgoing rule that holds for every user
  NotQuick,        ///< an outgoing block that a later pass overrides
  NegationInList,  ///< `{ !a, !b }` is everything
  NameAtLoad,      ///< a host name, resolved once
  UserUnknown,     ///< pfctl refuses a user that does not exist
};

/// Something that a reader of the file should know, whoever asks.
struct PfRemark {
  PfRemarkKind kind = PfRemarkKind::Refused;
  Span where;
  std::string text;  ///< one clause that stands alone
};
std::vector<PfRemark> RemarksOnPf(const PfRuleset& ruleset, const EgressNames& names);

}  // namespace sandlint
