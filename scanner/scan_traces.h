#pragma once

#include "model/workspace.h"
#include "scanner/files/reader.h"

namespace sandlint {

/// Reads what the policy names as the recorded run of `server`, and when it and the files that
/// decide the grant were last changed.
void ReadTrace(Server& server, const FileReader& files, Workspace& workspace);

}  // namespace sandlint
