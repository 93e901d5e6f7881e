#pragma once

#include <string>

#include "scanner/egress/pf_hosts.h"
#include "scanner/egress/subject.h"

namespace sandlint {

/// What the condition of a rule depends on beside the rule.
struct PfContext {
  const EgressSubject& subject;
  const EgressNames& names;
  const PfTables& tables;
  InterfaceNames& interfaces;
  std::string anchor;  ///< the path of the ruleset that holds the rule
  UserMentions& mentions;
};

/// The flows that a rule matches, its direction and tags aside.
FlowBounds ConditionOf(const PfRule& rule, const PfContext& context);

/// The flows that go through one of `names`, as `on` or `set skip on` has them.
FlowBounds InterfaceFlows(std::string_view name, InterfaceNames& interfaces);

}  // namespace sandlint
