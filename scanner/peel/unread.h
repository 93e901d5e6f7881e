#pragma once

#include <string>

#include "scanner/files/reader.h"
#include "scanner/peel/peel.h"

namespace sandlint {

/// Reports a file of the tree, that a launch names, as not analysed; once.
void ReportUnread(const std::string& path, std::string problem, const PeelContext& context);
/// The same for one that is there and cannot be read; nothing for one that is not there.
void ReportUnread(const std::string& path, const ReadResult& result, const PeelContext& context);

}  // namespace sandlint
