#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scanner/files/reader.h"

namespace sandlint {

/// The files of one recorded run.
struct TraceFiles {
  std::vector<std::pair<std::string, std::string>> files;  ///< path and text
  std::string problem;  ///< not empty: nothing could be read, and this is why
};

/// `name` is a log, a directory of logs, or what `strace -ff -o NAME` was given: then NAME.1234 and
/// its like are the files, in the order of their numbers.
TraceFiles ReadTraceFiles(const FileReader& reader, const std::string& name);

}  // namespace sandlint
