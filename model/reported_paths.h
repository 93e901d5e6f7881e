#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/grant.h"

namespace sandlint {

/// The host paths of which a report of a grant tells, `/` (OfRoot) first.
std::vector<std::string> ReportedPaths(const Grant& grant);

/// The answers about these paths without the view that gave them. Every other answer of it is that
/// nothing is known.
std::shared_ptr<const PathView> ReportedAnswers(const Grant& grant);

}  // namespace sandlint
