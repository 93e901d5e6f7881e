#pragma once

#include "model/workspace.h"
#include "scanner/files/reader.h"
#include "scanner/parse/nft.h"

namespace sandlint {

/// Finds the files of `include` as nft does when it runs in the reader's root: `./x` there (or
/// beside the file that includes it, for a tree that is not the machine), `/x` from the root,
/// anything else below /etc. A pattern takes what it finds in alphabetical order, without names
/// that start with a dot. The sources are added to `workspace` and live as long as it does.
NftIncluder IncludesFrom(const FileReader& reader, Workspace& workspace);

}  // namespace sandlint
