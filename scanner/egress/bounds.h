#pragma once

#include <string>
#include <vector>

#include "scanner/egress/program.h"
#include "scanner/parse/ip_text.h"

namespace sandlint {

/// A set of flows known between two bounds: `sure` belong to it, what is not `possible` does not.
struct FlowBounds {
  FlowSet sure = FlowSet::All();
  FlowSet possible = FlowSet::All();
  std::string doubt;  ///< the word that keeps the two apart

  static FlowBounds Exactly(FlowSet set) { return {set, set, {}}; }
  static FlowBounds None() { return {{}, {}, {}}; }
  /// Nothing is sure; of `possible` each flow may belong to it.
  static FlowBounds Maybe(std::string doubt, FlowSet possible = FlowSet::All()) {
    return {{}, std::move(possible), std::move(doubt)};
  }
};

FlowBounds Intersect(const FlowBounds& a, const FlowBounds& b);
FlowBounds Unite(const FlowBounds& a, const FlowBounds& b);
/// What is in `domain` and not in `set`.
FlowBounds Without(const FlowBounds& domain, const FlowBounds& set);
/// The flows of `set` that hold with a condition outside of the flow: for No none of them, for
/// Unknown each of them perhaps.
FlowBounds If(Answer answer, FlowBounds set, const std::string& doubt);

/// A step that lets the flows of `bounds` through.
Step MatchStep(FlowBounds bounds, Span span);
Step VerdictStep(StepKind kind, Span span, std::string word = {});

Family FamilyOf(const IpAddress& address);
Uint128 NumberOf(const IpAddress& address);
/// All addresses of `address`/`length`.
AddressRange RangeOf(const IpAddress& address, int length);

/// Addresses of both families, gathered to become one set.
struct AddressList {
  std::vector<AddressRange> v4, v6;
  void Add(const IpAddress& first, const IpAddress& last);
  FlowSet Flows() const;
};

}  // namespace sandlint
