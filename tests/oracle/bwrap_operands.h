#pragma once

#include "oracle/stage.h"

namespace sandlint::oracle {

/// `~` replaced by the home of the stage.
Strings AtHome(Strings paths);

const Strings& Sources();   ///< that exist
const Strings& Missing();   ///< sources that do not, or cannot be reached
const Strings& Relative();  ///< sources; some exist in one directory or in `/` only
const Strings& Targets();   ///< new ones, and ways that are hard to follow
const Strings& Existing();  ///< targets that are there whatever was mounted before
const Strings& Files();     ///< targets for files
const Strings& Links();     ///< where links are made

}  // namespace sandlint::oracle
