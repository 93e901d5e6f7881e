#pragma once

#include "harden/plan.h"
#include "harden/program.h"

namespace sandlint {

/// Keeps read-only what lies in a folder that the server may write and must not change: what says
/// what its sandbox is, and its own program.
void AddGuards(HardenPlan& plan, const ProgramWords& words, const HardenFacts& facts);

/// Does the server write in a folder around `path`?
bool IsInWritable(const HardenPlan& plan, const PlanWord& path);

}  // namespace sandlint
