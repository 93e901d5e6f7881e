#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/workspace.h"
#include "scanner/files/reader.h"

namespace sandlint {

/// Path -> new text, relative to the root.
using Changes = std::map<std::string, std::string, std::less<>>;

/// As unified diffs. Literal secrets of `workspace` become stars, with a complaint: such a diff can
/// be read and not be applied.
bool PrintChanges(const Changes& changes, const FileReader& before, const Workspace& workspace);

/// Changes files below `root`; nothing is written behind a link. False after a complaint.
bool WriteChanges(const Changes& changes, const std::vector<std::string>& executables,
                  const std::string& root);

}  // namespace sandlint
