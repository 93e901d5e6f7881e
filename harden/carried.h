#pragma once

#include "harden/plan.h"

namespace sandlint {

/// Adds what the present sandbox of `server` shows and sets, where somebody meant it for this
/// server: folders of their own and literal variables. What is wide or secret is said instead.
void AddCarried(HardenPlan& plan, const Server& server, const HardenFacts& facts);

}  // namespace sandlint
