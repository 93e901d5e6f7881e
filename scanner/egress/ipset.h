#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/egress/bounds.h"
#include "scanner/parse/iptables.h"

namespace sandlint {

/// The sets that `ipset` lines leave behind, in their order.
class Ipsets {
 public:
  explicit Ipsets(const std::vector<const IpsetFile*>& files);
  bool Has(std::string_view name) const { return sets_.contains(name); }
  /// The flows whose fields are in the set, as `--match-set NAME flags` reads them (`dst`,
  /// `dst,dst`). A set that is not known may hold anything.
  FlowBounds Flows(std::string_view name, std::string_view flags, Family family) const;

 private:
  struct Element {
    const IpsetLine* line = nullptr;
    bool timeout = false;  ///< there now, gone later
  };
  struct Set {
    std::string type;
    Family family = Family::V4;
    bool timeout = false;
    std::vector<Element> elements;
  };
  void Apply(const IpsetLine& line);
  FlowBounds SetFlows(const Set& set, std::string_view flags, Family family, int depth) const;

  std::map<std::string, Set, std::less<>> sets_;
};

}  // namespace sandlint
