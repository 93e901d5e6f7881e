#pragma once

#include <string>

#include "model/finding.h"
#include "model/workspace.h"

namespace sandlint {

/// What a finding rests on: the words that it points at, and the launch with all that it hands
/// over, secrets included. Findings of two revisions with one key are the same only if this is
/// equal too: another program or another token is another finding. Never to be printed.
std::string CauseOf(const Finding& finding, const Workspace& workspace);

}  // namespace sandlint
