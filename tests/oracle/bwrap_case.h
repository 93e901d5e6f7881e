#pragma once

#include "oracle/bwrap_lines.h"
#include "oracle/questions.h"

namespace sandlint::oracle {

/// For a job on the stage: asks sandlint, runs the real bwrap, compares. `start` holds what
/// sandlint said and what happened; the rest is that of Compare; `error` where nothing was run.
Json RunBwrapLine(const BwrapLine& line, const StageFiles& files);

/// For a job on the stage: takes options that `because` names out of the line, one at a time.
/// `tried`, `changed` (the rights differ) and `other` (another option is named now).
Json RunWithout(const BwrapLine& line, const StageFiles& files);

/// The whole command line, as a reader would type it.
std::string TextOf(const BwrapLine& line);

/// What bwrap is on the stage, with the records of its version. Empty when it is not installed.
StageFiles BwrapFiles();

}  // namespace sandlint::oracle
