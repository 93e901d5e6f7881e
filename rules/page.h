#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/cases.h"
#include "rules/rule.h"

namespace sandlint {

/// The cases of fixtures/<rule>/cases.md, compiled in; empty for a rule without any.
std::vector<FixtureCase> CasesOf(std::string_view rule_id);

/// The Markdown page of a rule: what it finds, why it matters, how to mend it, and as examples its
/// first failing and first passing case. docs/rules/<id>.md holds exactly this text.
std::string RulePage(const Rule& rule);

/// docs/rules/README.md: the guide's checklist against the rules, then every rule.
std::string RuleIndex();

}  // namespace sandlint
