#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/egress/bounds.h"
#include "scanner/parse/pf.h"

namespace sandlint {

/// The tables of a ruleset: those of an anchor, then those of the main ruleset.
class PfTables {
 public:
  void Define(const std::string& anchor, const PfTable& table);
  const PfTable* Find(const std::string& anchor, std::string_view name) const;
  /// The addresses in the table, as flows.
  FlowBounds Flows(const std::string& anchor, std::string_view name) const;

 private:
  std::map<std::string, std::map<std::string, const PfTable*, std::less<>>> tables_;
  mutable std::map<const PfTable*, FlowBounds> flows_;
};

/// The flows whose destination is one of `hosts` (none: any).
FlowBounds DestinationOf(const std::vector<PfHost>& hosts, const std::string& anchor,
                         const PfTables& tables);
/// The flows whose source, an address of this machine that is not known, may be one of `hosts`.
FlowBounds SourceOf(const std::vector<PfHost>& hosts);

/// Is it a host name that pfctl would resolve when it loads the file?
bool IsHostName(const PfHost& host);

}  // namespace sandlint
